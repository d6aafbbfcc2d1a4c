// SPDX-License-Identifier: Apache-2.0
#include "dispatch/dispatcher.h"

#include <utility>

#include "dispatch/core.h"

namespace sublet::dispatch {

Result<std::unique_ptr<Dispatcher>> Dispatcher::create(DispatcherOptions options) {
  auto core = std::make_shared<Core>(std::move(options));
  auto started = core->start();
  if (!started.has_value()) {
    core->shutdown();
    return std::move(started).error();
  }
  return std::unique_ptr<Dispatcher>(new Dispatcher(std::move(core)));
}

Dispatcher::Dispatcher(std::shared_ptr<Core> core) : core_(std::move(core)) {}

Dispatcher::~Dispatcher() {
  if (core_ != nullptr) core_->shutdown();
}

std::shared_ptr<runtime::Tenant> Dispatcher::add_tenant(
    std::string name, std::shared_ptr<const TenantPolicy> policy) {
  return core_->add_tenant(std::move(name), std::move(policy));
}

void Dispatcher::set_policy(runtime::Tenant& tenant, std::shared_ptr<const TenantPolicy> policy) {
  core_->set_policy(tenant, std::move(policy));
}

TenantStatus Dispatcher::status(const runtime::Tenant& tenant) const {
  return core_->status(tenant);
}

bool Dispatcher::busy(const runtime::Tenant& tenant) const { return core_->busy(tenant); }

void Dispatcher::quarantine(runtime::Tenant& tenant, std::string_view reason) {
  core_->quarantine_now(tenant, reason);
}

void Dispatcher::lift_quarantine(runtime::Tenant& tenant) { core_->lift_quarantine(tenant); }

void Dispatcher::release_isolate(runtime::Tenant& tenant) { core_->release_isolate(tenant); }

Result<void> Dispatcher::load(std::shared_ptr<const runtime::ActiveExtension> extension,
                              std::function<void(engine::LoadReport)> done) {
  return core_->load({std::move(extension), std::move(done)});
}

Result<void> Dispatcher::submit(Request&& request) { return core_->submit(std::move(request)); }

Result<void> Dispatcher::refuse(Event event, InvokeOptions options, Completion completion,
                                Outcome outcome, std::string message) {
  Request request;
  request.event = std::move(event);
  request.options = std::move(options);
  request.completion = std::move(completion);
  return core_->refuse(std::move(request), outcome, std::move(message));
}

void Dispatcher::retire(const runtime::ActiveExtension& extension, bool settle_queued) {
  core_->retire(extension, settle_queued);
}

bool Dispatcher::drain(std::chrono::milliseconds deadline) { return core_->drain(deadline); }
void Dispatcher::accept_again() { core_->accept_again(); }
void Dispatcher::shutdown() { core_->shutdown(); }
bool Dispatcher::stopped() const noexcept { return core_->stopping(); }

void Dispatcher::abandon_after_fork() noexcept {
  // Its threads are not in this process and its locks may be held for ever: nothing of it may be
  // touched, not even to free it.
  new std::shared_ptr<Core>(std::move(core_));
}

void Dispatcher::add_stats(HostStats& stats) const { core_->add_stats(stats); }

}  // namespace sublet::dispatch

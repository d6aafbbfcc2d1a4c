// SPDX-License-Identifier: Apache-2.0
#include "sublet/extension_host.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/awaited.h"
#include "base/own_thread.h"
#include "engine/v8_engine.h"
#include "host/await.h"
#include "host/blocking_call.h"
#include "host/host_impl.h"
#include "policy/names.h"

namespace sublet {
inline namespace v1 {

namespace {

Error unknown_tenant(std::string_view tenant) {
  return Error{ErrorCode::kNotFound, "nothing is known of tenant " + policy::in_quotes(tenant)};
}

}  // namespace

ExtensionHost::ExtensionHost(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ExtensionHost::~ExtensionHost() = default;

Result<std::unique_ptr<ExtensionHost>> ExtensionHost::create(HostOptions options) {
  Result<std::unique_ptr<Impl>> impl = Impl::create(std::move(options));
  if (!impl) return impl.error();
  return std::unique_ptr<ExtensionHost>(new ExtensionHost(std::move(impl).value()));
}

std::shared_ptr<KeyValueStore> ExtensionHost::key_value_store() const {
  return impl_->key_value_store();
}

std::shared_ptr<EncryptedKeyValueStore> ExtensionHost::secret_store() const {
  return impl_->secret_store();
}

Result<ExtensionInfo> ExtensionHost::install(std::string_view tenant, const Bundle& bundle,
                                             InstallOptions options) {
  return impl_->install(tenant, bundle, options);
}

Result<void> ExtensionHost::uninstall(std::string_view tenant, std::string_view extension,
                                      bool force) {
  return impl_->uninstall(tenant, extension, force);
}

std::vector<ExtensionInfo> ExtensionHost::list(std::string_view tenant) const {
  std::vector<ExtensionInfo> found;
  const auto add = [&](const host::ExtensionRegistry::View& view) {
    if (view == nullptr) return;
    for (const auto& [name, installed] : view->extensions) found.push_back(installed->info);
  };
  if (!tenant.empty()) {
    add(impl_->registry().find(tenant));
  } else {
    for (const auto& view : impl_->registry().all()) add(view);
  }
  std::sort(found.begin(), found.end(), [](const ExtensionInfo& a, const ExtensionInfo& b) {
    return std::tie(a.tenant, a.name) < std::tie(b.tenant, b.name);
  });
  return found;
}

std::vector<std::string> ExtensionHost::listeners(std::string_view tenant,
                                                  std::string_view event) const {
  std::vector<std::string> names;
  const auto view = impl_->registry().find(tenant);
  if (view == nullptr) return names;
  for (const auto& [name, installed] : view->extensions) {
    if (installed->handlers.contains(event)) names.push_back(name);
  }
  return names;
}

Result<void> ExtensionHost::set_policy(std::string_view tenant,
                                       std::optional<TenantPolicy> policy) {
  return impl_->set_policy(tenant, std::move(policy));
}

Result<TenantStatus> ExtensionHost::status(std::string_view tenant) const {
  const auto view = impl_->registry().find(tenant);
  if (view == nullptr) return unknown_tenant(tenant);
  return impl_->dispatcher().status(*view->tenant);
}

Result<void> ExtensionHost::lift_quarantine(std::string_view tenant) {
  const auto view = impl_->registry().find(tenant);
  if (view == nullptr) return unknown_tenant(tenant);
  impl_->dispatcher().lift_quarantine(*view->tenant);
  return {};
}

Result<void> ExtensionHost::set_parameters(std::string_view tenant, std::string_view extension,
                                           std::string_view json) {
  return impl_->set_parameters(tenant, extension, json);
}

Result<InstalledParameters> ExtensionHost::parameters(std::string_view tenant,
                                                      std::string_view extension) const {
  return impl_->parameters(tenant, extension);
}

Result<AuthorizationStart> ExtensionHost::begin_authorization(const AuthorizationOf& of,
                                                              std::string_view redirect_uri) {
  return impl_->begin_authorization(of, redirect_uri);
}

Result<AuthorizationOf> ExtensionHost::complete_authorization(
    const AuthorizationCallback& callback) {
  return impl_->complete_authorization(callback);
}

Result<AuthorizationStatus> ExtensionHost::authorization(const AuthorizationOf& of) const {
  return impl_->authorization(of);
}

Result<void> ExtensionHost::revoke_authorization(const AuthorizationOf& of) {
  return impl_->revoke_authorization(of);
}

Result<void> ExtensionHost::register_function(std::string name, SyncHostFunction function) {
  return impl_->functions().add(std::move(name), std::move(function));
}

Result<void> ExtensionHost::register_async_function(std::string name, AsyncHostFunction function) {
  return impl_->functions().add_async(std::move(name), std::move(function));
}

Result<InvocationResult> ExtensionHost::invoke(Event event, InvokeOptions options) {
  if (base::on_own_thread()) {
    return Error{ErrorCode::kFailedPrecondition,
                 "invoke() must not be called from a completion, an observer or a host function; "
                 "use invoke_async()"};
  }
  host::BlockingCall call;
  Result<void> taken = impl_->submit(std::move(event), call.completion(), std::move(options));
  if (!taken) return taken.error();
  return call.take();
}

Result<void> ExtensionHost::invoke_async(Event event, Completion completion,
                                         InvokeOptions options) {
  return impl_->submit(std::move(event), std::move(completion), std::move(options));
}

Result<PublishReceipt> ExtensionHost::publish(Publication publication) {
  std::vector<Publication> one;
  one.push_back(std::move(publication));
  auto receipts = impl_->publish(std::move(one), "publish()");
  if (!receipts) return receipts.error();
  return std::move(receipts->front());
}

Result<std::vector<PublishReceipt>> ExtensionHost::publish_many(
    std::vector<Publication> publications) {
  return impl_->publish(std::move(publications), "publish_many()");
}

Result<void> ExtensionHost::publish_async(std::vector<Publication> publications,
                                          PublishCallback done) {
  return impl_->publish_async(std::move(publications), std::move(done));
}

Result<WebhookResponse> ExtensionHost::deliver_webhook(WebhookRequest request) {
  if (Result<void> may = impl_->may_wait("deliver_webhook()"); !may) return may.error();
  const auto awaited = std::make_shared<base::Awaited<WebhookResponse>>();
  Result<void> taken = impl_->deliver_webhook(
      std::move(request),
      [awaited](WebhookResponse response) { awaited->answer(std::move(response)); });
  if (!taken) return taken.error();
  std::optional<Result<WebhookResponse>> answer = awaited->wait(host::kAdapterPatience);
  if (answer.has_value()) return *std::move(answer);
  return Error{ErrorCode::kUnavailable, "the event queue did not answer within 30 s"};
}

Result<void> ExtensionHost::deliver_webhook_async(WebhookRequest request,
                                                  std::function<void(WebhookResponse)> done) {
  return impl_->deliver_webhook(std::move(request), std::move(done));
}

HostEvents& ExtensionHost::events() noexcept { return impl_->events(); }

std::shared_ptr<EventQueue> ExtensionHost::event_queue() const { return impl_->event_queue(); }

bool ExtensionHost::drain(std::chrono::milliseconds deadline) {
  if (engine::process_was_forked()) return false;
  return impl_->drain(deadline);
}

void ExtensionHost::accept_again() {
  if (!engine::process_was_forked()) impl_->dispatcher().accept_again();
}

void ExtensionHost::shutdown() {
  if (!engine::process_was_forked()) impl_->shutdown();
}

HostStats ExtensionHost::stats() const {
  HostStats stats;
  if (engine::process_was_forked()) return stats;
  for (const auto& view : impl_->registry().all()) {
    ++stats.tenants;
    stats.extensions += view->extensions.size();
  }
  stats.workers = impl_->options().workers;
  impl_->dispatcher().add_stats(stats);
  return stats;
}

}  // namespace v1
}  // namespace sublet

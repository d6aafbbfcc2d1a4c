// SPDX-License-Identifier: Apache-2.0
#include "host/installer.h"

#include <future>
#include <span>
#include <utility>
#include <vector>

#include "policy/effective_limits.h"
#include "policy/names.h"

namespace sublet::host {
namespace {

constexpr std::string_view kClosurePart = "closure";

Error refusal(const engine::LoadReport& report, const BuiltProgram& built, const Limits& limits) {
  const policy::Manifest& manifest = built.manifest;
  if (report.missing_export.has_value()) {
    const std::string& export_name = built.program->exports[*report.missing_export];
    for (const policy::ManifestHandler& handler : manifest.handlers) {
      if (handler.export_name != export_name) continue;
      return Error{ErrorCode::kInvalidArgument,
                   "extension.json:" + std::to_string(handler.line) + ": handlers." +
                       handler.event + " names the export " + policy::in_quotes(export_name) +
                       ", which " + manifest.main + " does not export as a function"};
    }
  }
  if (report.outcome == Outcome::kExceededCpu || report.outcome == Outcome::kExceededWallTime) {
    return Error{ErrorCode::kInvalidArgument,
                 manifest.main + ": the top-level code used more than limits.startup_cpu_time (" +
                     std::to_string(limits.startup_cpu_time.count()) + " ms)"};
  }
  if (report.outcome == Outcome::kExceededMemory) {
    return Error{ErrorCode::kInvalidArgument,
                 manifest.main + ": the top-level code used more than limits.heap (" +
                     std::to_string(limits.heap.count) + " bytes)"};
  }
  const std::string what = report.error ? report.error->message : "it could not be started";
  const bool host_fault = report.outcome != Outcome::kCompileError;
  return Error{host_fault ? ErrorCode::kUnavailable : ErrorCode::kInvalidArgument,
               host_fault ? manifest.main + ": " + what : what};
}

Error no_sandbox(const policy::Manifest& manifest) {
  return Error{ErrorCode::kUnavailable,
               manifest.main +
                   " is to run in a sandboxed process, which is not available: see "
                   "HostOptions::sandbox_helper"};
}

}  // namespace

Result<BuiltProgram> Installer::make(const Owner& asked, const Bundle& bundle,
                                     std::optional<std::string>& near_fatal) {
  Result<BuiltProgram> built = build_program(bundle);
  if (!built) return built;
  Owner owner = asked;
  owner.sandboxed |= built->manifest.isolation == Isolation::kSandboxed;
  if (owner.sandboxed && sandbox_ == nullptr) return no_sandbox(built->manifest);
  if (auto known = find(built->program->digest)) {
    // Prepared and tried before, by this tenant or another.
    built->program = std::const_pointer_cast<engine::Program>(std::move(known));
    return built;
  }
  if (Result<void> prepared = prepare(owner, *built->program); !prepared) return prepared.error();
  if (Result<void> tried = try_out(owner, *built, near_fatal); !tried) return tried.error();
  if (!owner.sandboxed) write_caches(*built->program);
  keep(built->program);
  return built;
}

// Code that may not run in this process is not parsed in it either.
Result<void> Installer::prepare(const Owner& owner, engine::Program& program) {
  if (owner.sandboxed) return sandbox_->prepare(program);
  read_caches(program);
  return engine_.prepare(program);
}

Result<void> Installer::try_out(const Owner& owner, const BuiltProgram& built,
                                std::optional<std::string>& near_fatal) {
  std::shared_ptr<const TenantPolicy> policy = owner.policy;
  if (owner.sandboxed) {
    auto sandboxed = std::make_shared<TenantPolicy>(*policy);
    sandboxed->isolation = Isolation::kSandboxed;
    policy = std::move(sandboxed);
  }
  // A record of its own: what fails here must not touch the tenant's isolate.
  auto extension = std::make_shared<runtime::ActiveExtension>();
  extension->tenant = dispatcher_.add_tenant(std::string(owner.tenant), policy);
  extension->tenant_name = owner.tenant;
  extension->name = built.manifest.name;
  extension->version = built.manifest.version;
  extension->program = built.program;
  extension->limits = policy::effective_limits(policy->limits, built.manifest.limits);
  extension->policy = policy;
  auto report = std::make_shared<std::promise<engine::LoadReport>>();
  std::future<engine::LoadReport> loaded = report->get_future();
  Result<void> taken = dispatcher_.load(
      extension, [report](engine::LoadReport load) { report->set_value(std::move(load)); });
  if (!taken) return taken;
  const engine::LoadReport load = loaded.get();
  const TenantStatus status = dispatcher_.status(*extension->tenant);
  if (status.quarantined) near_fatal = status.quarantine_reason;
  dispatcher_.retire(*extension, /*settle_queued=*/false);
  dispatcher_.release_isolate(*extension->tenant);
  if (load.ok) return {};
  return refusal(load, built, extension->limits);
}

std::shared_ptr<const engine::Program> Installer::find(const std::string& digest) {
  base::MutexLock lock(mutex_);
  const auto found = programs_.find(digest);
  return found == programs_.end() ? nullptr : found->second.lock();
}

void Installer::keep(const std::shared_ptr<const engine::Program>& program) {
  base::MutexLock lock(mutex_);
  programs_[program->digest] = program;
  if (programs_.size() < prune_at_) return;
  std::erase_if(programs_, [](const auto& entry) { return entry.second.expired(); });
  prune_at_ = 64 + 2 * programs_.size();
}

void Installer::save() {
  if (store_ == nullptr) return;
  std::vector<std::shared_ptr<const engine::Program>> alive;
  {
    base::MutexLock lock(mutex_);
    for (const auto& [digest, program] : programs_) {
      if (auto held = program.lock()) alive.push_back(std::move(held));
    }
  }
  for (const auto& program : alive) {
    if (program->caches_after_run.load()) write_caches(*program);
  }
}

void Installer::read_caches(engine::Program& program) {
  if (store_ == nullptr) return;
  const auto read = [&](std::string_view part, engine::CodeCacheSlot& slot) {
    if (auto bytes = store_->load(program.digest, part)) {
      slot.set(std::make_shared<const std::vector<std::uint8_t>>(std::move(*bytes)));
    }
  };
  for (std::size_t i = 0; i < program.modules.size(); ++i) {
    read(std::to_string(i), program.modules[i]->code_cache);
  }
  read(kClosurePart, program.closure_cache);
}

void Installer::write_caches(const engine::Program& program) {
  if (store_ == nullptr) return;
  const auto write = [&](std::string_view part, const engine::CodeCacheSlot& slot) {
    if (const auto bytes = slot.get()) (void)store_->store(program.digest, part, *bytes);
  };
  for (std::size_t i = 0; i < program.modules.size(); ++i) {
    write(std::to_string(i), program.modules[i]->code_cache);
  }
  write(kClosurePart, program.closure_cache);
}

}  // namespace sublet::host

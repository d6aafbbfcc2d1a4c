// SPDX-License-Identifier: Apache-2.0
// The part of a host that installs extensions.
#include <utility>

#include "base/own_thread.h"
#include "engine/v8_engine.h"
#include "host/host_impl.h"
#include "host/misuse.h"
#include "policy/names.h"

namespace sublet {
inline namespace v1 {
namespace {

// Other processes may change the same parameters at the same time.
constexpr int kAttempts = 5;

}  // namespace

Result<ExtensionInfo> ExtensionHost::Impl::install(std::string_view tenant, const Bundle& bundle,
                                                   const InstallOptions& options) {
  if (Result<void> may = may_wait("install()"); !may) return may.error();
  if (Result<void> name = policy::check_tenant_id("tenant", tenant); !name) return name.error();
  std::optional<std::string> near_fatal;
  Result<host::BuiltProgram> built = installer_->make(owner_of(tenant), bundle, near_fatal);
  if (near_fatal.has_value()) quarantine(tenant, *near_fatal);
  if (!built) return built.error();
  host::Installed draft;
  draft.info.tenant = tenant;
  draft.info.name = built->manifest.name;
  draft.info.version = built->manifest.version;
  draft.info.digest = built->program->digest;
  for (const auto& [event, index] : built->handlers) draft.info.events.push_back(event);
  draft.info.state = built->manifest.state;
  draft.info.realm = built->manifest.realm;
  draft.asked = built->manifest.limits;
  draft.asks_for_sandbox = built->manifest.isolation == Isolation::kSandboxed;
  draft.kv_transactional = built->manifest.kv_transactional;
  draft.kv_namespaces = built->manifest.kv_namespaces;
  draft.delivery = built->manifest.delivery;
  for (auto& declared : built->manifest.schedules) {
    draft.schedules.push_back(std::move(declared.schedule));
  }
  for (auto& declared : built->manifest.webhooks) {
    const std::string name = declared.name;
    draft.webhooks.emplace(name,
                           std::make_shared<const policy::WebhookDeclaration>(std::move(declared)));
  }
  draft.handlers = std::move(built->handlers);
  auto active = std::make_shared<runtime::ActiveExtension>();
  active->program = built->program;
  draft.active = std::move(active);
  auto declared = host::compile_declared(built->manifest);
  if (!declared) return declared.error();
  draft.declared = std::move(*declared);
  Result<ExtensionInfo> info = activate_with(tenant, std::move(draft), options);
  if (info) observer_->tell([&](Observer& observer) { observer.extension_installed(*info); });
  return info;
}

Result<ExtensionInfo> ExtensionHost::Impl::activate_with(std::string_view tenant,
                                                         host::Installed draft,
                                                         const InstallOptions& options) {
  const base::MutexLock lock(changing(tenant, draft.info.name));
  auto given = give_parameters(tenant, draft.info.name, draft.declared.get(), options.parameters);
  if (!given) return given.error();
  draft.parameters = std::move(*given);
  if (auto agreed = ask_for_install(tenant, draft); !agreed) return agreed.error();
  ExtensionInfo info = make_active(tenant, std::move(draft));
  events_->listeners_changed();
  return info;
}

// The values that the extension has from now on, stored where they are new.
Result<std::shared_ptr<const hostcall::InstalledValues>> ExtensionHost::Impl::give_parameters(
    std::string_view tenant, std::string_view extension, const host::DeclaredRequests* declared,
    const std::optional<std::string>& json) const {
  if (declared == nullptr) {
    if (!json.has_value()) return std::shared_ptr<const hostcall::InstalledValues>();
    static const host::DeclaredRequests kNothing;
    declared = &kNothing;
  }
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    auto given = requests_->read_parameters(tenant, extension, *declared, json);
    if (!given) return given.error();
    const Result<bool> stored = requests_->store_parameters(tenant, extension, *given);
    if (!stored) return stored.error();
    if (*stored) return std::move(given->values);
  }
  return Error{ErrorCode::kUnavailable, "the parameters keep changing; try again"};
}

ExtensionInfo ExtensionHost::Impl::make_active(std::string_view tenant, host::Installed draft) {
  std::shared_ptr<const host::Installed> before;
  ExtensionInfo info;
  const View after = registry_.update(tenant, [&](const View& view) {
    View base = view == nullptr ? new_view(tenant, default_policy_, false) : view;
    auto changed = std::make_shared<host::TenantView>(*base);
    std::shared_ptr<const host::Installed>& slot = changed->extensions[draft.info.name];
    before = slot;
    changed->installed_at = base::system_clock().now();
    draft.info.revision = before == nullptr ? 1 : before->info.revision + 1;
    slot = std::make_shared<const host::Installed>(draft);
    apply_policy(*changed);
    info = slot->info;
    return changed;
  });
  dispatcher_->set_policy(*after->tenant, after->policy);
  if (before != nullptr) dispatcher_->retire(*before->active, /*settle_queued=*/false);
  return info;
}

Result<void> ExtensionHost::Impl::uninstall(std::string_view tenant, std::string_view extension,
                                            bool force) {
  if (engine::process_was_forked()) return host::forked();
  std::shared_ptr<const host::Installed> removed;
  Result<void> forgotten;
  if (base::on_own_thread()) {  // which may not wait for those who change the same
    if (auto agreed = ask_for_uninstall(tenant, extension, force); !agreed) return agreed;
    removed = take_away(tenant, extension);
    if (removed != nullptr) forgotten = requests_->forget(tenant, extension);
    if (removed != nullptr) events_->forget_later(tenant, extension);
  } else {
    const base::MutexLock lock(changing(tenant, extension));
    if (auto agreed = ask_for_uninstall(tenant, extension, force); !agreed) return agreed;
    removed = take_away(tenant, extension);
    if (removed != nullptr) forgotten = requests_->forget(tenant, extension);
    if (removed != nullptr && forgotten) forgotten = events_->forget(tenant, extension);
  }
  if (removed == nullptr) return host::not_installed(tenant, extension);
  observer_->tell([&](Observer& observer) { observer.extension_uninstalled(removed->info); });
  // It is gone in any case; that something of it may be left, the host has to know.
  return forgotten;
}

// Null: it is not there.
std::shared_ptr<const host::Installed> ExtensionHost::Impl::take_away(std::string_view tenant,
                                                                      std::string_view extension) {
  std::shared_ptr<const host::Installed> removed;
  std::shared_ptr<runtime::Tenant> idle;
  const View after = registry_.update(tenant, [&](const View& view) -> View {
    if (view == nullptr) return view;
    const auto found = view->extensions.find(extension);
    if (found == view->extensions.end()) return view;
    removed = found->second;
    auto changed = std::make_shared<host::TenantView>(*view);
    changed->extensions.erase(changed->extensions.find(extension));
    apply_policy(*changed);
    if (!changed->extensions.empty()) return changed;
    idle = view->tenant;
    // A tenant with a policy of its own keeps it for its next install, one that misbehaved its
    // standing.
    return view->own_policy || must_be_remembered(*view) ? changed : nullptr;
  });
  if (removed == nullptr) return nullptr;
  dispatcher_->retire(*removed->active, /*settle_queued=*/true);
  if (after != nullptr) dispatcher_->set_policy(*after->tenant, after->policy);
  if (idle != nullptr) dispatcher_->release_isolate(*idle);
  if (after == nullptr) requests_->forget_tenant(tenant);
  return removed;
}

}  // namespace v1
}  // namespace sublet

// SPDX-License-Identifier: Apache-2.0
// The part of a host that asks extensions before they come, change or go.
#include <utility>

#include "base/own_thread.h"
#include "host/host_impl.h"
#include "host/lifecycle.h"

namespace sublet {
inline namespace v1 {
namespace {

constexpr std::string_view kOnInstall = "onInstall";
constexpr std::string_view kOnUpdate = "onUpdate";
constexpr std::string_view kOnUninstall = "onUninstall";

}  // namespace

std::shared_ptr<const host::Installed> ExtensionHost::Impl::as_it_would_be(
    std::string_view tenant, const host::Installed& draft) {
  View view = registry_.find(tenant);
  if (view == nullptr) view = new_view(tenant, default_policy_, false);
  auto changed = std::make_shared<host::TenantView>(*view);
  changed->extensions[draft.info.name] = std::make_shared<const host::Installed>(draft);
  apply_policy(*changed);
  return changed->extensions[draft.info.name];
}

// Processes that share a queue install the same versions, each when it starts: the first one asks.
Result<host::KnownVersion> ExtensionHost::Impl::version_before(std::string_view tenant,
                                                               std::string_view extension) const {
  if (events_->available()) return host::known_version(*events_->queue(), tenant, extension);
  host::KnownVersion known;
  const Result<Found> found = find_installed(tenant, extension);
  if (!found) return known;
  known.version = found->installed->info.version;
  known.digest = found->installed->info.digest;
  return known;
}

Result<void> ExtensionHost::Impl::ask_for_install(std::string_view tenant,
                                                  const host::Installed& draft) {
  const Result<host::KnownVersion> before = version_before(tenant, draft.info.name);
  if (!before) return before.error();
  if (before->digest == draft.info.digest) return {};
  host::KnownVersion now = *before;
  now.version = draft.info.version;
  now.digest = draft.info.digest;
  EventQueue* const queue = events_->queue().get();
  if (queue != nullptr) {
    const auto first = host::note_version(*queue, tenant, draft.info.name, *before, now);
    if (!first) return first.error();
    if (!*first) return {};
  }
  const host::LifecycleEvent event{before->version.empty() ? kOnInstall : kOnUpdate,
                                   before->version};
  if (!host::is_asked(draft, event)) return {};
  Result<void> agreed = host::ask_extension(*dispatcher_, *as_it_would_be(tenant, draft), event);
  if (agreed || queue == nullptr) return agreed;
  // The next one who installs it is to be asked again.
  const auto noted = host::known_version(*queue, tenant, draft.info.name);
  if (noted && noted->digest == now.digest) {
    std::optional<host::KnownVersion> back;
    if (!before->version.empty()) back = *before;
    (void)host::note_version(*queue, tenant, draft.info.name, *noted, back);
  }
  return agreed;
}

Result<void> ExtensionHost::Impl::ask_for_uninstall(std::string_view tenant,
                                                    std::string_view extension, bool force) {
  const Result<Found> found = find_installed(tenant, extension);
  if (!found) return found.error();
  const host::LifecycleEvent event{kOnUninstall};
  const bool asked = !force && host::is_asked(*found->installed, event);
  if (asked && base::on_own_thread()) {
    return Error{ErrorCode::kFailedPrecondition,
                 "uninstall() of an extension with onUninstall must not be called from a "
                 "completion, an observer or a host function, unless it is forced"};
  }
  if (base::on_own_thread()) return {};
  const Result<host::KnownVersion> known = version_before(tenant, extension);
  // Another process has uninstalled it, and asked.
  const bool first = known && !known->digest.empty();
  if (asked && first) {
    const Result<void> agreed = host::ask_extension(*dispatcher_, *found->installed, event);
    if (!agreed && agreed.error().code == ErrorCode::kFailedPrecondition) return agreed;
  }
  if (!first || !events_->available()) return {};
  const auto noted = host::note_version(*events_->queue(), tenant, extension, *known, std::nullopt);
  return noted ? Result<void>() : Result<void>(noted.error());
}

}  // namespace v1
}  // namespace sublet

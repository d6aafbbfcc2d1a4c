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

// Other processes may install the same extension at the same time.
constexpr int kAttempts = 5;

}  // namespace

// What it does while it is asked is held against the tenant, also where that is new.
std::shared_ptr<const host::Installed> ExtensionHost::Impl::as_it_would_be(
    std::string_view tenant, const host::Installed& draft) {
  const View view = registry_.update(tenant, [&](const View& known) {
    return known == nullptr ? new_view(tenant, default_policy_, false) : known;
  });
  auto changed = std::make_shared<host::TenantView>(*view);
  changed->extensions[draft.info.name] = std::make_shared<const host::Installed>(draft);
  apply_policy(*changed);
  return changed->extensions[draft.info.name];
}

// A tenant that came for an extension which did not: nothing of it is left, unless it misbehaved.
void ExtensionHost::Impl::forget_if_new(std::string_view tenant) {
  registry_.update(tenant, [&](const View& view) -> View {
    const bool stays = view == nullptr || view->own_policy || !view->extensions.empty() ||
                       must_be_remembered(*view);
    return stays ? view : nullptr;
  });
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

// The version is noted when it has agreed: where this process ends before, it is asked again.
Result<void> ExtensionHost::Impl::ask_for_install(std::string_view tenant,
                                                  const host::Installed& draft) {
  Result<host::KnownVersion> before = version_before(tenant, draft.info.name);
  if (!before) return before.error();
  const bool is_new = before->digest != draft.info.digest;
  if (is_new) {
    const host::LifecycleEvent event{before->version.empty() ? kOnInstall : kOnUpdate,
                                     before->version};
    if (auto agreed = ask_draft(tenant, draft, event); !agreed) return agreed;
  }
  if (auto set = events_->set_schedules(tenant, draft); !set) return set;
  for (int attempt = 0; is_new && events_->available() && attempt < kAttempts; ++attempt) {
    host::KnownVersion now = *before;
    now.version = draft.info.version;
    now.digest = draft.info.digest;
    const auto noted = host::note_version(*events_->queue(), tenant, draft.info.name, *before, now);
    if (!noted) return noted.error();
    if (*noted) return {};
    // Another process did the same, or something else: the last one counts.
    before = version_before(tenant, draft.info.name);
    if (!before) return before.error();
    if (before->digest == draft.info.digest) return {};
  }
  return {};
}

Result<void> ExtensionHost::Impl::ask_draft(std::string_view tenant, const host::Installed& draft,
                                            const host::LifecycleEvent& event) {
  if (!host::is_asked(draft, event)) return {};
  const auto asked = as_it_would_be(tenant, draft);
  events_->add_draft(asked);
  Result<void> agreed = host::ask_extension(*dispatcher_, *asked, event);
  events_->remove_draft(*asked);
  if (!agreed) {
    dispatcher_->retire(*asked->active, /*settle_queued=*/false);
    forget_if_new(tenant);
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
  if (!known && !force) return known.error();
  // Else another process has uninstalled it, and asked.
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

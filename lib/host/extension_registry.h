// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "host/declared_requests.h"
#include "policy/events/event_declarations.h"
#include "policy/events/webhook_declaration.h"
#include "policy/manifest_limits.h"
#include "runtime/active_extension.h"
#include "sublet/extension.h"

namespace sublet::host {

// One version of an extension that a tenant has. Immutable.
struct Installed {
  ExtensionInfo info;
  policy::ManifestLimits asked;
  bool asks_for_sandbox = false;
  bool kv_transactional = false;
  std::vector<std::string> kv_namespaces;
  // What the manifest says of requests, and the parameters given; both null where it says nothing.
  std::shared_ptr<const DeclaredRequests> declared;
  std::shared_ptr<const hostcall::InstalledValues> parameters;
  // Event name to handler index.
  std::map<std::string, std::size_t, std::less<>> handlers;
  // What the manifest says of durable events.
  policy::DeliveryDeclaration delivery;
  std::vector<Schedule> schedules;
  std::map<std::string, std::shared_ptr<const policy::WebhookDeclaration>, std::less<>> webhooks;
  std::shared_ptr<const runtime::ActiveExtension> active;
  // The same with the limits of durable events.
  std::shared_ptr<const runtime::ActiveExtension> active_for_events;
};

// Everything about one tenant that an invocation needs. Immutable: a change makes a new one.
struct TenantView {
  std::shared_ptr<runtime::Tenant> tenant;
  std::shared_ptr<const TenantPolicy> configured;  // as the host set it
  std::shared_ptr<const TenantPolicy> policy;      // with what the manifests ask for
  bool own_policy = false;                         // else HostOptions::default_policy
  base::TimePoint installed_at{};                  // when one of its extensions was, last
  std::map<std::string, std::shared_ptr<const Installed>, std::less<>> extensions;
};

// Who has installed what. Reading takes the lock of one of many shards, for a look-up and the copy
// of one pointer. Thread-safe.
class ExtensionRegistry {
 public:
  using View = std::shared_ptr<const TenantView>;

  // Null for a tenant that nothing is known of.
  View find(std::string_view tenant) const;
  std::vector<View> all() const;

  // Replaces a tenant's view by what `change` makes of it (null: forget the tenant). Changes of one
  // shard happen one at a time; `change` must not call back.
  View update(std::string_view tenant, const std::function<View(const View&)>& change);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>()(text);
    }
  };
  struct Shard {
    mutable base::Mutex mutex;
    std::unordered_map<std::string, View, Hash, std::equal_to<>> views SUBLET_GUARDED_BY(mutex);
  };
  static constexpr std::size_t kShards = 32;

  const Shard& shard_of(std::string_view tenant) const { return shards_[Hash()(tenant) % kShards]; }
  Shard& shard_of(std::string_view tenant) { return shards_[Hash()(tenant) % kShards]; }

  std::array<Shard, kShards> shards_;
};

}  // namespace sublet::host

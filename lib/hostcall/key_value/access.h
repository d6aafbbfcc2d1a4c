// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "policy/token_bucket.h"
#include "sublet/adapters/key_value_store.h"
#include "sublet/limits.h"
#include "sublet/tenant.h"

namespace sublet::hostcall {

// What a tenant has used of its key-value quota lately; one for each tenant. Thread-safe.
class KeyValueMeter {
 public:
  // Takes tokens of the tenant's rate.
  bool take(const Rate& rate, std::uint32_t count, base::TimePoint now) SUBLET_EXCLUDES(mutex_);
  std::uint64_t available(const Rate& rate, base::TimePoint now) const SUBLET_EXCLUDES(mutex_);

  // What a commit left the tenant with, or was refused at. Answers whether the host is to be told
  // that `limit` (kKvKeys, kKvBytes) is near: once, until use has fallen again.
  bool nears(Limit limit, std::uint64_t used, std::uint64_t quota, bool refused)
      SUBLET_EXCLUDES(mutex_);

 private:
  mutable base::Mutex mutex_;
  policy::TokenBucket bucket_ SUBLET_GUARDED_BY(mutex_);
  LimitSet near_ SUBLET_GUARDED_BY(mutex_) = 0;
};

// Observer::quota_neared(), for one tenant.
using QuotaReport = std::function<void(Limit limit, std::uint64_t used, std::uint64_t quota)>;

// Where an extension's `kv` leads to, and what it may do there. Immutable; made with each install
// and change of policy.
struct KeyValueAccess {
  std::shared_ptr<KeyValueStore> store;
  std::shared_ptr<KeyValueMeter> meter;
  std::string tenant;
  std::string own_space;
  std::vector<std::string> namespaces;  // that the manifest names
  bool transactional = false;
  KeyValueQuota quota;
  Limits limits;         // of an invocation
  QuotaReport on_quota;  // may be empty
  // What the store said, for the host alone; may be empty.
  std::function<void(const std::string& what)> on_fault;
};

}  // namespace sublet::hostcall

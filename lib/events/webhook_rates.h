// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/mutex.h"
#include "policy/resilience/keyed_table.h"
#include "policy/token_bucket.h"

namespace sublet::events {

// How often a tenant's addresses may be called, in this process.
//
// Ownership: borrows the clock.
// Thread safety: thread-safe.
class WebhookRates {
 public:
  explicit WebhookRates(const base::Clock& clock) : clock_(clock) {}

  // Counts one; how long to wait where that is too many, else 0.
  base::Nanoseconds take(std::string_view tenant, const Rate& rate) {
    if (rate.count == 0) return base::Nanoseconds(0);
    const base::TimePoint now = clock_.now();
    const base::MutexLock lock(mutex_);
    const auto is_full = [now](const policy::TokenBucket& one) { return one.full_at() <= now; };
    policy::TokenBucket* bucket = buckets_.find_or_add(tenant, {}, is_full);
    if (bucket == nullptr) return std::chrono::seconds(1);
    if (bucket->take(rate, 1, now)) return base::Nanoseconds(0);
    return bucket->wait(rate, 1, now);
  }

 private:
  static constexpr std::size_t kMostTenants = 16'384;

  const base::Clock& clock_;
  base::Mutex mutex_;
  policy::KeyedTable<policy::TokenBucket> buckets_ SUBLET_GUARDED_BY(mutex_){kMostTenants, 1};
};

}  // namespace sublet::events

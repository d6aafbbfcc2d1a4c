// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/mutex.h"
#include "policy/resilience/keyed_table.h"
#include "policy/token_bucket.h"
#include "sublet/events.h"

namespace sublet::events {

// How much each tenant publishes: EventPolicy::publish_rate, and max_queued by what the queue has
// counted now and then and what was added since.
//
// Thread safety: thread-safe.
class PublishLimits {
 public:
  struct Answer {
    PublishStatus status = PublishStatus::kAccepted;  // or kThrottled, kTooManyQueued
    std::chrono::milliseconds retry_after{0};
    bool count = false;  // the caller has the queue count, and tells counted()
  };

  // One publication of so many deliveries.
  Answer take(std::string_view tenant, const EventPolicy& policy, std::uint64_t deliveries,
              base::TimePoint now);
  // Deliveries that did not get into the queue.
  void give_back(std::string_view tenant, std::uint64_t deliveries);
  // Nullopt: the queue did not say.
  void counted(std::string_view tenant, std::optional<std::uint64_t> queued, base::TimePoint now);

 private:
  struct Tenant {
    policy::TokenBucket tokens;
    Rate rate;
    std::uint64_t queued = 0;  // when it was counted
    std::uint64_t added = 0;   // since counting began
    std::uint64_t added_before = 0;
    bool counting = false;
    base::TimePoint counting_since{};
    base::TimePoint count_at{};  // when it is counted next
  };

  // About 300 bytes each.
  static constexpr std::size_t kMost = 262'144;

  Tenant* find(std::string_view tenant) SUBLET_REQUIRES(mutex_);

  base::Mutex mutex_;
  policy::KeyedTable<Tenant> tenants_ SUBLET_GUARDED_BY(mutex_){kMost, kMost};
};

}  // namespace sublet::events

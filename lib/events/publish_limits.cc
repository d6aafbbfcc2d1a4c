// SPDX-License-Identifier: Apache-2.0
#include "events/publish_limits.h"

#include <algorithm>

namespace sublet::events {
namespace {

using namespace std::chrono_literals;

// The scope of the table that has but one.
constexpr std::string_view kAll;
constexpr base::Nanoseconds kCountEach = 1s;
// Counting takes at most this share of a queue's time.
constexpr int kCountShare = 20;

std::chrono::milliseconds rounded_up(base::Nanoseconds time) {
  return std::chrono::ceil<std::chrono::milliseconds>(time);
}

}  // namespace

PublishLimits::Tenant* PublishLimits::find(std::string_view tenant) {
  return tenants_.find(kAll, tenant);
}

PublishLimits::Answer PublishLimits::take(std::string_view tenant, const EventPolicy& policy,
                                          std::uint64_t deliveries, base::TimePoint now) {
  const auto is_idle = [now](const Tenant& other) {
    const auto burst = static_cast<std::uint32_t>(policy::burst_of(other.rate));
    return !other.counting && now >= other.count_at &&
           (other.rate.count == 0 || other.tokens.wait(other.rate, burst, now).count() == 0);
  };
  base::MutexLock lock(mutex_);
  Tenant* own = tenants_.find_or_add(kAll, tenant, is_idle);
  if (own == nullptr) return {PublishStatus::kThrottled, 1s, false};
  own->rate = policy.publish_rate;
  if (own->rate.count != 0) {
    const base::Nanoseconds wait = own->tokens.wait(own->rate, 1, now);
    if (wait.count() > 0) return {PublishStatus::kThrottled, rounded_up(wait), false};
  }
  Answer answer;
  if (!own->counting && now >= own->count_at) {
    answer.count = own->counting = true;
    own->counting_since = now;
    own->added_before = own->added;
  }
  if (own->queued + own->added + deliveries > policy.max_queued) {
    answer.status = PublishStatus::kTooManyQueued;
    answer.retry_after = rounded_up(kCountEach);
    return answer;
  }
  if (own->rate.count != 0) own->tokens.take(own->rate, 1, now);
  own->added += deliveries;
  return answer;
}

void PublishLimits::give_back(std::string_view tenant, std::uint64_t deliveries) {
  base::MutexLock lock(mutex_);
  if (Tenant* own = find(tenant)) own->added -= std::min(own->added, deliveries);
}

void PublishLimits::counted(std::string_view tenant, std::optional<std::uint64_t> queued,
                            base::TimePoint now) {
  base::MutexLock lock(mutex_);
  Tenant* own = find(tenant);
  if (own == nullptr) return;
  own->counting = false;
  own->count_at =
      std::max(own->counting_since + kCountEach, now + kCountShare * (now - own->counting_since));
  if (!queued) return;
  own->queued = *queued;
  own->added -= std::min(own->added, own->added_before);
}

}  // namespace sublet::events

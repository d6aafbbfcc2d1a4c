// SPDX-License-Identifier: Apache-2.0
#include "policy/events/begin_rates.h"

#include <algorithm>

namespace sublet::policy {

BeginRates::Grant BeginRates::take(const std::vector<BeginRate>& rates, std::uint32_t wanted,
                                   base::TimePoint now) {
  forget_full(now);
  Grant grant{wanted, base::Nanoseconds(0)};
  for (const BeginRate& rate : rates) {
    const TokenBucket& bucket = buckets_[{rate.of, rate.scope}];
    const std::uint64_t available = bucket.available(rate.rate, now);
    if (available == 0) grant.wait = std::max(grant.wait, bucket.wait(rate.rate, 1, now));
    grant.count = static_cast<std::uint32_t>(std::min<std::uint64_t>(grant.count, available));
  }
  if (grant.count == 0) return grant;
  for (const BeginRate& rate : rates) {
    buckets_[{rate.of, rate.scope}].take(rate.rate, grant.count, now);
  }
  return grant;
}

void BeginRates::give_back(const std::vector<BeginRate>& rates, std::uint32_t count) {
  if (count == 0) return;
  for (const BeginRate& rate : rates) {
    TokenBucket& bucket = buckets_[{rate.of, rate.scope}];
    bucket = TokenBucket(bucket.full_at() - time_of(rate.rate, count));
  }
}

void BeginRates::forget_full(base::TimePoint now) {
  if (buckets_.size() < forget_at_) return;
  std::erase_if(buckets_, [now](const auto& entry) { return entry.second.full_at() <= now; });
  forget_at_ = std::max<std::size_t>(1024, buckets_.size() * 2);
}

}  // namespace sublet::policy

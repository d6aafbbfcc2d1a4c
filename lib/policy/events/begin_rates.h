// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "policy/token_bucket.h"
#include "sublet/events.h"

namespace sublet::policy {

// One rate at which deliveries may begin.
struct BeginRate {
  enum class Of : std::uint8_t { kPolicy, kControl };
  Of of = Of::kPolicy;
  EventScope scope;
  Rate rate;  // count is not 0
};

// The token buckets of policies and throttles: a delivery takes from all those that mean it.
//
// Ownership: owns its buckets. Thread safety: none; the caller's.
class BeginRates {
 public:
  struct Grant {
    std::uint32_t count = 0;
    base::Nanoseconds wait{0};  // where it is 0: when to ask again
  };

  // Takes as many of `wanted` as all of them allow.
  Grant take(const std::vector<BeginRate>& rates, std::uint32_t wanted, base::TimePoint now);
  // What was taken and not used.
  void give_back(const std::vector<BeginRate>& rates, std::uint32_t count);
  std::size_t size() const noexcept { return buckets_.size(); }

 private:
  using Key = std::pair<BeginRate::Of, EventScope>;

  // One that is full is as good as a new one.
  void forget_full(base::TimePoint now);

  std::map<Key, TokenBucket> buckets_;
  std::size_t forget_at_ = 1024;
};

}  // namespace sublet::policy

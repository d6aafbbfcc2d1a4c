// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "sublet/tenant.h"

namespace sublet::policy {

// How many tokens there are after a pause: no more can be taken at once.
std::uint64_t burst_of(const Rate& rate) noexcept;
// How long `count` tokens take to come back.
base::Nanoseconds time_of(const Rate& rate, std::uint64_t count) noexcept;

// A token bucket, kept as the time at which it would be full again (the generic cell rate algorithm
// of ITU-T I.371): one number, and exact whatever the rate. The rate may change between calls.
//
// Thread safety: none; the caller's lock.
class TokenBucket {
 public:
  TokenBucket() = default;
  explicit TokenBucket(base::TimePoint full_at) noexcept : full_at_(full_at) {}
  // All that there is to say of it, for one that is kept elsewhere.
  base::TimePoint full_at() const noexcept { return full_at_; }

  // Takes `count` tokens, or none where there are fewer.
  bool take(const Rate& rate, std::uint32_t count, base::TimePoint now) noexcept;
  // How many there are.
  std::uint64_t available(const Rate& rate, base::TimePoint now) const noexcept;
  // How long until `count` can be taken; 0: now. Of more than the burst, as long as for the burst.
  base::Nanoseconds wait(const Rate& rate, std::uint32_t count, base::TimePoint now) const noexcept;

 private:
  base::TimePoint full_at_{};
};

}  // namespace sublet::policy

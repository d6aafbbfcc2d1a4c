// SPDX-License-Identifier: Apache-2.0
#include "policy/fair_share.h"

#include <algorithm>

namespace sublet::policy {

namespace {

// Virtual time advances this much per nanosecond at weight 1. Weights go up to 1000, so that a
// microsecond still counts at the largest, and 64 bits last for years at the smallest.
constexpr std::uint64_t kScale = 100;
// Serving somebody costs more than what the clock shows of it.
constexpr FairShare::Nanoseconds kLeastCharge{1000};

std::uint64_t virtual_time_of(const Share& share, FairShare::Nanoseconds cpu) {
  return static_cast<std::uint64_t>(cpu.count()) * kScale /
         std::max<std::uint32_t>(share.weight, 1);
}

}  // namespace

void FairShare::wake(Share& share, Nanoseconds credit) const noexcept {
  const std::uint64_t lag = std::min(floor_, virtual_time_of(share, credit));
  share.virtual_time = std::max(share.virtual_time, floor_ - lag);
}

void FairShare::served(const Share& share, Nanoseconds now) noexcept {
  floor_ = std::max(floor_, share.virtual_time);
  if (!is_long(share)) short_served_ = now;
}

void FairShare::charge(Share& share, Nanoseconds cpu, Nanoseconds turn) const noexcept {
  share.virtual_time += virtual_time_of(share, std::max(cpu, kLeastCharge));
  share.long_turn = std::max(turn, share.long_turn - share.long_turn / 8);
}

bool FairShare::may_serve_long(std::uint32_t busy_with_long, std::uint32_t workers,
                               Nanoseconds now) const noexcept {
  if (workers <= 1 || busy_with_long + 1 < workers) return true;
  return short_served_ == Nanoseconds::min() || now - short_served_ > kReserved;
}

}  // namespace sublet::policy

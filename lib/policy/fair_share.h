// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace sublet::policy {

// One tenant's place in the sharing of CPU time.
struct Share {
  std::uint64_t virtual_time = 0;  // CPU time used, scaled by the weight
  std::uint32_t weight = 100;
  std::chrono::nanoseconds long_turn{0};  // the longest turn; fades as shorter ones follow
};

// Weighted fair sharing by CPU time used: who has the least virtual time is next. Pure; the caller
// locks and gives the time.
class FairShare {
 public:
  using Nanoseconds = std::chrono::nanoseconds;

  // From here on a turn counts as long: others would notice waiting for it.
  static constexpr Nanoseconds kLongTurn = std::chrono::milliseconds(5);
  // For this long after a tenant with short turns was served, one worker is kept free of long ones.
  static constexpr Nanoseconds kReserved = std::chrono::milliseconds(100);

  // A tenant that did nothing for a while starts level with the one served last, or behind it by
  // what it did not use meanwhile, at most by `credit` of CPU time.
  void wake(Share& share, Nanoseconds credit = Nanoseconds(0)) const noexcept;
  // The tenant with the least virtual time is served at `now`.
  void served(const Share& share, Nanoseconds now) noexcept;
  // It used this much, of which `turn` in its longest turn.
  void charge(Share& share, Nanoseconds cpu, Nanoseconds turn) const noexcept;

  static bool is_long(const Share& share) noexcept { return share.long_turn >= kLongTurn; }
  // Whether a tenant with long turns may take a worker while `busy_with_long` of `workers` serve
  // such tenants: never the last one while tenants with short turns are active.
  bool may_serve_long(std::uint32_t busy_with_long, std::uint32_t workers,
                      Nanoseconds now) const noexcept;

 private:
  std::uint64_t floor_ = 0;
  Nanoseconds short_served_ = Nanoseconds::min();
};

}  // namespace sublet::policy

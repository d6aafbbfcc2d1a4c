// SPDX-License-Identifier: Apache-2.0
#include "policy/token_bucket.h"

#include <algorithm>

namespace sublet::policy {

std::uint64_t burst_of(const Rate& rate) noexcept {
  return rate.burst == 0 ? rate.count : rate.burst;
}

// In 128 bits: a day in nanoseconds times a billion.
base::Nanoseconds time_of(const Rate& rate, std::uint64_t count) noexcept {
  const auto per = static_cast<unsigned __int128>(base::Nanoseconds(rate.per).count());
  const auto time = per * count / std::max<std::uint32_t>(1, rate.count);
  constexpr auto kMost = static_cast<unsigned __int128>(base::Nanoseconds::max().count() / 4);
  return base::Nanoseconds(static_cast<std::int64_t>(std::min(time, kMost)));
}

bool TokenBucket::take(const Rate& rate, std::uint32_t count, base::TimePoint now) noexcept {
  if (count > burst_of(rate) || wait(rate, count, now).count() > 0) return false;
  full_at_ = std::max(full_at_, now) + time_of(rate, count);
  return true;
}

std::uint64_t TokenBucket::available(const Rate& rate, base::TimePoint now) const noexcept {
  const base::Nanoseconds owed = std::max(full_at_, now) - now;
  const auto per = static_cast<unsigned __int128>(base::Nanoseconds(rate.per).count());
  // Tokens that are still missing, rounded up.
  const auto missing = (static_cast<unsigned __int128>(owed.count()) * rate.count + per - 1) /
                       std::max(per, decltype(per){1});
  const std::uint64_t burst = burst_of(rate);
  return missing >= burst ? 0 : burst - static_cast<std::uint64_t>(missing);
}

base::Nanoseconds TokenBucket::wait(const Rate& rate, std::uint32_t count,
                                    base::TimePoint now) const noexcept {
  const std::uint64_t wanted = std::min<std::uint64_t>(count, burst_of(rate));
  const base::Nanoseconds owed = std::max(full_at_, now) - now;
  const base::Nanoseconds room = time_of(rate, burst_of(rate)) - time_of(rate, wanted);
  return std::max(base::Nanoseconds{0}, owed - room);
}

}  // namespace sublet::policy

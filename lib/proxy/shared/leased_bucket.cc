// SPDX-License-Identifier: Apache-2.0
#include "proxy/shared/leased_bucket.h"

#include <algorithm>
#include <chrono>

namespace sublet::proxy {
namespace {

constexpr base::Nanoseconds kSecond = std::chrono::seconds(1);
// Tokens that nobody used by then are lost: the process seems to have no use for them.
constexpr base::Nanoseconds kLease = kSecond;
// What one process takes ahead leaves most of a burst to the others.
constexpr std::uint64_t kShareOfBurst = 8;
// Of an empty bucket tokens are fetched in lots, not each as it comes.
constexpr base::Nanoseconds kLot = std::chrono::milliseconds(10);

std::uint32_t most_ahead(const Rate& rate) noexcept {
  return static_cast<std::uint32_t>(
      std::max<std::uint64_t>(1, policy::burst_of(rate) / kShareOfBurst));
}

}  // namespace

void RecentUse::add(std::uint32_t count, base::TimePoint now) noexcept {
  roll(now);
  present_ += std::min(count, UINT32_MAX - present_);
}

std::uint32_t RecentUse::most(base::TimePoint now) noexcept {
  roll(now);
  return std::max(present_, last_);
}

void RecentUse::roll(base::TimePoint now) noexcept {
  if (now - begin_ < kSecond) return;
  const bool just_now = now - begin_ < 2 * kSecond;
  last_ = just_now ? present_ : 0;
  begin_ = just_now ? begin_ + kSecond : now;
  present_ = 0;
}

bool LeasedBucket::has(std::uint32_t count, base::TimePoint now) const noexcept {
  return leased_ >= count && now < lease_end_;
}

void LeasedBucket::use(std::uint32_t count, base::TimePoint now) noexcept {
  leased_ -= count;
  use_local(count, now);
}

base::Nanoseconds LeasedBucket::empty_for(base::TimePoint now) const noexcept {
  return std::max(base::Nanoseconds{0}, empty_until_ - now);
}

std::uint32_t LeasedBucket::wanted(std::uint32_t needed, base::TimePoint now) noexcept {
  const std::uint32_t ahead = std::min(use_.most(now), most_ahead(rate));
  return std::max({needed, asking, ahead});
}

void LeasedBucket::add(const LeasedTokens& tokens, base::TimePoint asked_at,
                       base::TimePoint now) noexcept {
  if (tokens.count > 0) {
    const std::uint32_t left = now < lease_end_ ? leased_ : 0;
    leased_ = left + std::min(tokens.count, UINT32_MAX - left);
    lease_end_ = now + kLease;
  }
  if (tokens.wait.count() == 0) {
    empty_until_ = {};
    return;
  }
  const base::Nanoseconds lot = std::min(kLot, policy::time_of(rate, most_ahead(rate)));
  empty_until_ = asked_at + std::max(tokens.wait, lot);
}

base::Nanoseconds LeasedBucket::local_wait(std::uint32_t count,
                                           base::TimePoint now) const noexcept {
  return local_.wait(rate, count, now);
}

void LeasedBucket::use_local(std::uint32_t count, base::TimePoint now) noexcept {
  use_.add(count, now);
  local_.take(rate, count, now);
}

}  // namespace sublet::proxy

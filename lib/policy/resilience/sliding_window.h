// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace sublet::policy {

// Counts over the last while, kept in kBuckets pieces of time: what is older than the window leaves
// piece by piece, so that the total is of the last (kBuckets - 1) to kBuckets pieces. Another
// length starts it afresh. Counts has +=.
//
// Thread safety: none; the caller's lock.
template <typename Counts, std::size_t kBuckets = 10>
class SlidingWindow {
 public:
  // Where what happens now is counted.
  Counts& now(base::Nanoseconds length, base::TimePoint now) noexcept {
    advance(length, now);
    return buckets_[bucket_of(newest_)];
  }

  Counts total(base::Nanoseconds length, base::TimePoint now) noexcept {
    advance(length, now);
    Counts sum;
    for (const Counts& bucket : buckets_) sum += bucket;
    return sum;
  }

  void clear() noexcept { buckets_ = {}; }

 private:
  static std::size_t bucket_of(std::int64_t piece) noexcept {
    return static_cast<std::size_t>(static_cast<std::uint64_t>(piece) % kBuckets);
  }

  void advance(base::Nanoseconds length, base::TimePoint now) noexcept {
    const base::Nanoseconds width =
        std::max(base::Nanoseconds{1}, length / static_cast<std::int64_t>(kBuckets));
    const std::int64_t piece = now.time_since_epoch() / width;
    if (width != width_) {
      width_ = width;
      newest_ = piece;
      clear();
    }
    if (piece - newest_ >= static_cast<std::int64_t>(kBuckets)) {
      clear();
      newest_ = piece;
    }
    while (newest_ < piece) buckets_[bucket_of(++newest_)] = {};
  }

  std::array<Counts, kBuckets> buckets_{};
  base::Nanoseconds width_{0};
  std::int64_t newest_ = 0;  // the piece of time that is counted now
};

}  // namespace sublet::policy

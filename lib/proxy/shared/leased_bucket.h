// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "policy/token_bucket.h"
#include "proxy/shared/entries.h"
#include "proxy/shared_limits.h"

namespace sublet::proxy {

// How many tokens were used in the last second or so: the larger of this second's and the last's.
class RecentUse {
 public:
  void add(std::uint32_t count, base::TimePoint now) noexcept;
  std::uint32_t most(base::TimePoint now) noexcept;

 private:
  void roll(base::TimePoint now) noexcept;

  base::TimePoint begin_{};
  std::uint32_t present_ = 0;
  std::uint32_t last_ = 0;
};

struct SharedTake;

// What this process knows of one bucket: tokens that it took ahead, and until when the bucket is
// empty for sure.
//
// Thread safety: none; the caller's lock.
class LeasedBucket {
 public:
  // -- in the present lease
  bool has(std::uint32_t count, base::TimePoint now) const noexcept;
  void use(std::uint32_t count, base::TimePoint now) noexcept;
  // How long the store need not be asked; 0: it may have tokens.
  base::Nanoseconds empty_for(base::TimePoint now) const noexcept;
  // How many to take of the store, where so many are needed at once.
  std::uint32_t wanted(std::uint32_t needed, base::TimePoint now) noexcept;
  // What the store answered; `asked_at` is when it was computed.
  void add(const LeasedTokens& tokens, base::TimePoint asked_at, base::TimePoint now) noexcept;

  // -- while the store is away: this process's own bucket, which counts all the time
  base::Nanoseconds local_wait(std::uint32_t count, base::TimePoint now) const noexcept;
  void use_local(std::uint32_t count, base::TimePoint now) noexcept;

  Rate rate;                                         // of the last call
  bool under_way = false;                            // the store is being asked
  std::uint32_t asking = 0;                          // tokens that unanswered calls want
  std::vector<std::unique_ptr<SharedTake>> waiting;  // for the store's answer

 private:
  std::uint32_t leased_ = 0;
  base::TimePoint lease_end_{};
  base::TimePoint empty_until_{};
  policy::TokenBucket local_;
  RecentUse use_;
};

// One unanswered call.
struct SharedTake {
  struct Need {
    LeasedBucket* bucket = nullptr;  // holds while the bucket's `asking` counts this
    std::size_t place = 0;           // in `buckets`
    std::uint32_t count = 1;         // how often the bucket is named
  };

  std::vector<SharedBucket> buckets;
  std::vector<Need> needs;
  std::function<void(SharedLimits::Taken)> done;
  base::TimePoint since;
};

}  // namespace sublet::proxy

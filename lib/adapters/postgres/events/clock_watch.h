// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "adapters/postgres/events/statements.h"

namespace sublet::adapters::postgres {

// Finds out whether the clock went back, which leaves times that are too late. Answers of several
// connections come in any order: each is compared with what was known when it was asked for.
//
// Thread safety: none.
class ClockWatch {
 public:
  // The latest time that is known, to be remembered as a statement is sent.
  std::int64_t latest() const noexcept { return latest_; }
  // It was `now` after a moment at which `before` was the latest.
  void observe(std::int64_t now, std::int64_t before) noexcept {
    if (now == kNoTime) return;
    const bool back = before != kNoTime && now < before - kBack;
    if (back) ++leaps_;
    latest_ = back ? now : std::max(latest_, now);
  }

  // How often it went back, as far as is known. It may have before this process began.
  std::uint64_t leaps() const noexcept { return leaps_; }
  void mended(std::uint64_t leaps) noexcept { mended_ = std::max(mended_, leaps); }
  bool to_mend() const noexcept { return mended_ < leaps_; }

 private:
  // A server's clock is put right by less than this all the time.
  static constexpr std::int64_t kBack = 1000;

  std::int64_t latest_ = kNoTime;
  std::uint64_t leaps_ = 1;
  std::uint64_t mended_ = 0;
};

}  // namespace sublet::adapters::postgres

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"
#include "sublet/adapters/key_value_store.h"

namespace sublet::proxy {

// The time that processes over one store agree on: that of the clock which is furthest ahead among
// all that wrote to it. Each begins with its calendar, goes on by its own monotonic clock, and
// takes over what it reads from others where that is later. So it never goes back, whatever is done
// to a machine's clock; one that is ahead moves the others ahead once, and one that is behind stops
// nobody. Counted from 1970.
//
// Thread safety: thread-safe.
class SharedTime {
 public:
  // No time is later, so that sums with it do not overflow.
  static constexpr base::TimePoint kLast{base::Nanoseconds{4'000'000'000'000'000'000}};

  // `clock` outlives this. An empty calendar means the machine's.
  SharedTime(const base::Clock& clock, const KeyValueClock& calendar);

  base::TimePoint now() const noexcept;
  // Somebody's has come this far.
  void observe(base::TimePoint at) noexcept;
  const base::Clock& clock() const noexcept { return clock_; }

 private:
  const base::Clock& clock_;
  std::atomic<std::int64_t> offset_;  // from the monotonic clock to this
};

}  // namespace sublet::proxy

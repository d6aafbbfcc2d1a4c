// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace sublet::base {

using Nanoseconds = std::chrono::nanoseconds;
// Monotonic, from an arbitrary start.
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Nanoseconds>;

// Time, injected so that tests don't sleep.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const noexcept = 0;
  // CPU time of the calling thread.
  virtual Nanoseconds thread_cpu() const noexcept = 0;
};

// The machine's clocks.
const Clock& system_clock() noexcept;

}  // namespace sublet::base

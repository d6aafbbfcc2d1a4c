// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "base/clock.h"

namespace sublet::base {

// Runs functions later, on one thread of its own. Thread-safe.
class TimerService {
 public:
  // Names one scheduled function; 0 names none.
  using TimerId = std::uint64_t;

  virtual ~TimerService() = default;

  // `fn` runs once, `delay` from now or a little later, on the service's thread, with no lock held.
  // It must not block and must not throw. 0 once the service was stopped: `fn` never runs.
  virtual TimerId schedule(Nanoseconds delay, std::function<void()> fn) = 0;
  // False: it ran, or runs right now, or is not known.
  virtual bool cancel(TimerId id) noexcept = 0;
};

}  // namespace sublet::base

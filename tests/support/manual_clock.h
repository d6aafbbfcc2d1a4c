// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/clock.h"

namespace sublet::test {

// Time that passes when a test says so. Any thread.
class ManualClock final : public base::Clock {
 public:
  base::TimePoint now() const noexcept override {
    return base::TimePoint(base::Nanoseconds(now_.load()));
  }
  base::Nanoseconds thread_cpu() const noexcept override {
    return base::Nanoseconds(thread_cpu_.load());
  }

  void advance(base::Nanoseconds by) { now_.fetch_add(by.count()); }
  // Wall and CPU time together, as where the calling thread computes.
  void compute(base::Nanoseconds by) {
    advance(by);
    thread_cpu_.fetch_add(by.count());
  }

 private:
  std::atomic<std::int64_t> now_{base::Nanoseconds(std::chrono::hours(1)).count()};
  std::atomic<std::int64_t> thread_cpu_{base::Nanoseconds(std::chrono::seconds(7)).count()};
};

}  // namespace sublet::test

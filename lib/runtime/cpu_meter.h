// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"

namespace sublet::runtime {

// CPU time of the calling thread, without a system call for every reading.
//
// A thread uses at most as much CPU time as passes on the wall. So a reading that is young by the
// wall clock is carried forward by wall time; it can be too high by `trust` at most, and only where
// the machine ran something else in between.
class CpuMeter {
 public:
  CpuMeter(const base::Clock& clock, base::Nanoseconds trust) : clock_(clock), trust_(trust) {}

  // The thread's CPU time at `now`, which is the present.
  base::Nanoseconds at(base::TimePoint now) noexcept {
    const base::Nanoseconds age = now - read_at_;
    if (read_ && age < trust_) return reading_ + age;
    read_ = true;
    read_at_ = now;
    reading_ = clock_.thread_cpu();
    return reading_;
  }

 private:
  const base::Clock& clock_;
  const base::Nanoseconds trust_;
  bool read_ = false;
  base::TimePoint read_at_{};
  base::Nanoseconds reading_{0};
};

}  // namespace sublet::runtime

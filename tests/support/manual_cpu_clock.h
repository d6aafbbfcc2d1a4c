// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "runtime/watch_slot.h"

namespace sublet::test {

// The CPU clock of a worker that computes when a test says so. Any thread.
class ManualCpuClock final : public runtime::CpuClock {
 public:
  base::Nanoseconds read() const noexcept override { return base::Nanoseconds(used_.load()); }
  void use(base::Nanoseconds by) { used_.fetch_add(by.count()); }

 private:
  std::atomic<std::int64_t> used_{base::Nanoseconds(std::chrono::seconds(3)).count()};
};

}  // namespace sublet::test

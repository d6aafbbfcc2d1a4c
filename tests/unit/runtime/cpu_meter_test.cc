// SPDX-License-Identifier: Apache-2.0
#include "runtime/cpu_meter.h"

#include <doctest/doctest.h>

using namespace sublet;
using std::chrono::microseconds;

namespace {

class CountingClock final : public base::Clock {
 public:
  base::TimePoint now() const noexcept override { return {}; }
  base::Nanoseconds thread_cpu() const noexcept override {
    ++readings;
    return cpu;
  }
  base::Nanoseconds cpu{0};
  mutable int readings = 0;
};

}  // namespace

TEST_CASE("cpu meter: a young reading is carried forward by wall time") {
  CountingClock clock;
  runtime::CpuMeter meter(clock, microseconds(50));
  clock.cpu = microseconds(700);
  CHECK(meter.at(base::TimePoint(microseconds(1000))) == microseconds(700));
  CHECK(meter.at(base::TimePoint(microseconds(1006))) == microseconds(706));
  CHECK(meter.at(base::TimePoint(microseconds(1049))) == microseconds(749));
  CHECK(clock.readings == 1);
}

TEST_CASE("cpu meter: an old reading is read again, so that waiting is not counted") {
  CountingClock clock;
  runtime::CpuMeter meter(clock, microseconds(50));
  CHECK(meter.at(base::TimePoint(microseconds(1000))) == microseconds(0));
  clock.cpu = microseconds(10);
  CHECK(meter.at(base::TimePoint(microseconds(9000))) == microseconds(10));
  CHECK(clock.readings == 2);
}

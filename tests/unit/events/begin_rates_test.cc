// SPDX-License-Identifier: Apache-2.0
#include "policy/events/begin_rates.h"

#include <doctest/doctest.h>

namespace sublet::policy {
namespace {

using namespace std::chrono_literals;
using Of = BeginRate::Of;

base::TimePoint at(base::Nanoseconds since) { return base::TimePoint(24h + since); }

TEST_CASE("rates of beginning: the lowest of all holds, and all are taken from") {
  BeginRates rates;
  const BeginRate tenant{Of::kPolicy, {"a", {}, {}}, {10, 1s, 10}};
  const BeginRate everybody{Of::kControl, {}, {4, 1s, 4}};
  CHECK(rates.take({}, 7, at(0s)).count == 7);
  CHECK(rates.take({tenant, everybody}, 7, at(0s)).count == 4);
  const BeginRates::Grant none = rates.take({everybody}, 1, at(0s));
  CHECK(none.count == 0);
  CHECK(none.wait == 250ms);
  CHECK(rates.take({tenant}, 10, at(0s)).count == 6);
}

TEST_CASE("rates of beginning: what was not used comes back") {
  BeginRates rates;
  const BeginRate tenant{Of::kPolicy, {"a", {}, {}}, {10, 1s, 10}};
  CHECK(rates.take({tenant}, 10, at(0s)).count == 10);
  rates.give_back({tenant}, 9);
  CHECK(rates.take({tenant}, 10, at(0s)).count == 9);
  // A policy's rate and a throttle of the same scope are two.
  CHECK(rates.take({{Of::kControl, {"a", {}, {}}, {3, 1s, 3}}}, 10, at(0s)).count == 3);
}

TEST_CASE("rates of beginning: buckets that are full are forgotten") {
  BeginRates rates;
  for (int i = 0; i < 5000; ++i) {
    rates.take({{Of::kPolicy, {std::to_string(i), {}, {}}, {10, 1s, 10}}}, 1, at(i * 1s));
  }
  CHECK(rates.size() <= 1024);
}

}  // namespace
}  // namespace sublet::policy

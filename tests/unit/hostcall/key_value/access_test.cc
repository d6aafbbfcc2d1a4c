// SPDX-License-Identifier: Apache-2.0
#include "hostcall/key_value/access.h"

#include <doctest/doctest.h>

namespace sublet::hostcall {

TEST_CASE("key value meter: tells of a quota above nine tenths, and again after eight") {
  KeyValueMeter meter;
  const auto nears = [&](std::uint64_t used) {
    return meter.nears(Limit::kKvKeys, used, 100, false);
  };
  CHECK_FALSE(nears(90));
  CHECK(nears(91));
  CHECK_FALSE(nears(100));
  CHECK_FALSE(nears(85));
  CHECK_FALSE(nears(95));
  CHECK_FALSE(nears(79));
  CHECK(nears(95));
}

TEST_CASE("key value meter: a refusal is told at once, each limit for itself") {
  KeyValueMeter meter;
  CHECK(meter.nears(Limit::kKvKeys, 5, 100, true));
  CHECK_FALSE(meter.nears(Limit::kKvKeys, 5, 100, true));
  CHECK(meter.nears(Limit::kKvBytes, 5, 100, true));
}

TEST_CASE("key value meter: the smallest and the largest quota") {
  KeyValueMeter meter;
  CHECK_FALSE(meter.nears(Limit::kKvKeys, 0, 0, false));
  CHECK(meter.nears(Limit::kKvKeys, 1, 0, false));
  CHECK_FALSE(meter.nears(Limit::kKvBytes, 1u << 30, UINT64_MAX, false));
}

}  // namespace sublet::hostcall

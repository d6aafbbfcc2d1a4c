// SPDX-License-Identifier: Apache-2.0
#include "base/utc_time.h"

#include <doctest/doctest.h>

#include <random>

namespace sublet::base {
namespace {

UtcTime at(std::int64_t milliseconds) { return UtcTime(std::chrono::milliseconds(milliseconds)); }

}  // namespace

TEST_CASE("utc time: as JavaScript writes it") {
  CHECK(utc_time(at(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(utc_time(at(-1)) == "1969-12-31T23:59:59.999Z");
  CHECK(utc_time(at(1'795'334'400'007)) == "2026-11-22T08:00:00.007Z");
  CHECK(utc_time(at(1'709'164'800'000)) == "2024-02-29T00:00:00.000Z");
  CHECK(utc_time(at(INT64_MAX)) == "9999-12-31T23:59:59.999Z");
  CHECK(utc_time(at(INT64_MIN)) == "0000-01-01T00:00:00.000Z");
}

TEST_CASE("utc time: what is written is read") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 10'000; ++i) {
    const UtcTime time = at(static_cast<std::int64_t>(random() % 200'000'000'000'000));
    REQUIRE(parse_utc_time(utc_time(time)) == time);
  }
}

TEST_CASE("utc time: anything else is nothing") {
  for (const char* text :
       {"", "2026", "2026-11-22T08:00:00Z", "2026-11-22 08:00:00.000Z", "2026-13-22T08:00:00.000Z",
        "2026-02-29T08:00:00.000Z", "2026-11-22T24:00:00.000Z", "2026-11-22T08:60:00.000Z",
        "2026-11-22T08:00:60.000Z", "2026-11-22T08:00:00.000+", "2026-11-22T08:00:00.00xZ",
        "2026-11-22T08:00:00.000Z ", "-026-11-22T08:00:00.000Z", "2026-00-22T08:00:00.000Z"}) {
    CHECK_MESSAGE(!parse_utc_time(text).has_value(), text);
  }
}

}  // namespace sublet::base

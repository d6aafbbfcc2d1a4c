// SPDX-License-Identifier: Apache-2.0
#include "hostcall/events/iso_time.h"

#include <doctest/doctest.h>

#include "base/utc_time.h"

namespace sublet::hostcall {
namespace {

using std::chrono::milliseconds;

TEST_CASE("iso time: there and back") {
  CHECK(base::utc_time(EventTime{}) == "1970-01-01T00:00:00.000Z");
  CHECK(base::utc_time(kLastTime) == "9999-12-31T23:59:59.999Z");
  CHECK(base::utc_time(EventTime(milliseconds(951'827'696'007))) == "2000-02-29T12:34:56.007Z");
  for (const std::int64_t ms : {0LL, 1LL, 951'827'696'007LL, 1'767'225'600'000LL}) {
    CHECK(parse_iso(base::utc_time(EventTime(milliseconds(ms)))) == EventTime(milliseconds(ms)));
  }
  CHECK(parse_iso(base::utc_time(kLastTime)) == kLastTime);
}

TEST_CASE("iso time: shorter forms and zones") {
  const EventTime noon(milliseconds(43'200'000));
  for (const char* text : {"1970-01-01T12:00Z", "1970-01-01T12:00:00Z", "1970-01-01T14:00+02:00",
                           "1970-01-01T06:30:00-05:30", "1970-01-02T00:00:00.000+12:00"}) {
    CAPTURE(text);
    CHECK(parse_iso(text) == noon);
  }
}

TEST_CASE("iso time: what is none") {
  for (const char* text : {"",
                           "1970",
                           "1970-01-01",
                           "1970-01-01T12:00",
                           "1970-01-01 12:00Z",
                           "1970-1-01T12:00Z",
                           "1970-13-01T12:00Z",
                           "1970-02-29T12:00Z",
                           "1970-01-01T24:00Z",
                           "1970-01-01T12:60Z",
                           "1970-01-01T12:00:60Z",
                           "1970-01-01T12:00:00.1Z",
                           "1970-01-01T12:00:00.1234Z",
                           "1970-01-01T12:00z",
                           "1970-01-01T12:00+2:00",
                           "1970-01-01T12:00+0200",
                           "1970-01-01T12:00+24:00",
                           "1970-01-01T12:00Z ",
                           "1969-12-31T23:59Z",
                           "1970-01-01T00:00+01:00",
                           "9999-12-31T23:59-01:00",
                           "-970-01-01T12:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_iso(text).has_value());
  }
}

}  // namespace
}  // namespace sublet::hostcall

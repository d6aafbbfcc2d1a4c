// SPDX-License-Identifier: Apache-2.0
#include "policy/http_cache/freshness.h"

#include <doctest/doctest.h>

#include <vector>

#include "unit/policy/http_cache/cache_fixture.h"

namespace sublet::policy {
namespace {

using namespace std::chrono_literals;
using namespace cache_test;

constexpr const char* kMinuteBefore = "Sun, 06 Nov 1994 08:48:37 GMT";
constexpr const char* kMinuteAfter = "Sun, 06 Nov 1994 08:50:37 GMT";
constexpr const char* kHundredSecondsBefore = "Sun, 06 Nov 1994 08:47:57 GMT";

}  // namespace

TEST_CASE("freshness: how long a response is fresh") {
  struct Row {
    std::string_view source;
    std::uint16_t status;
    HttpFields fields;
    long long expected;
  };
  const std::vector<Row> rows = {
      {"9111 4.2.1 max-age", 200, {{"Cache-Control", "max-age=60"}}, 60},
      {"9111 5.2.2.1 max-age before Expires",
       200,
       {{"Cache-Control", "max-age=5"}, {"Expires", kMinuteAfter}},
       5},
      {"9111 5.2.2.10 a private cache ignores s-maxage",
       200,
       {{"Cache-Control", "s-maxage=600, max-age=5"}},
       5},
      {"9111 4.2.1 Expires less Date",
       200,
       {{"Date", kMinuteBefore}, {"Expires", kMinuteAfter}},
       120},
      {"9110 6.6.1 Expires without Date", 200, {{"Expires", kMinuteAfter}}, 60},
      {"9111 5.3 Expires is past", 200, {{"Date", kNowText}, {"Expires", kMinuteBefore}}, 0},
      {"9111 5.3 Expires: 0", 200, {{"Expires", "0"}, {"Last-Modified", kMinuteBefore}}, 0},
      {"9111 5.3 no date", 200, {{"Expires", "tomorrow"}}, 0},
      {"9111 4.2.1 two Expires that differ",
       200,
       {{"Expires", kMinuteAfter}, {"Expires", "Mon, 07 Nov 1994 08:49:37 GMT"}},
       0},
      {"9111 4.2.1 two Expires that don't",
       200,
       {{"Expires", kMinuteAfter}, {"Expires", kMinuteAfter}},
       60},
      {"9110 5.6.7 a Date that is none counts as absent",
       200,
       {{"Date", "x"}, {"Expires", kMinuteAfter}},
       60},
      {"9111 4.2.2 a tenth of the age",
       200,
       {{"Date", kNowText}, {"Last-Modified", kHundredSecondsBefore}},
       10},
      {"9111 4.2.2 at most what the host says",
       200,
       {{"Date", kNowText}, {"Last-Modified", "Tue, 06 Nov 1984 08:49:37 GMT"}},
       300},
      {"9111 4.2.2 changed after it was sent",
       200,
       {{"Date", kNowText}, {"Last-Modified", kMinuteAfter}},
       0},
      {"9111 4.2.2 Last-Modified is no date", 200, {{"Last-Modified", "x"}}, 0},
      {"9111 4.2.2 404 too", 404, {{"Last-Modified", kHundredSecondsBefore}}, 10},
      {"9111 4.2.2 not this status", 302, {{"Last-Modified", kHundredSecondsBefore}}, 0},
      {"9111 4.2.2 but where marked public",
       302,
       {{"Last-Modified", kHundredSecondsBefore}, {"Cache-Control", "public"}},
       10},
      {"nothing said", 200, {}, 0},
      {"the calendar's ends",
       200,
       {{"Date", "Sat, 01 Jan 0000 00:00:00 GMT"}, {"Expires", "Fri, 31 Dec 9999 23:59:59 GMT"}},
       1LL << 31},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source);
    CHECK(freshness_lifetime(row.status, row.fields, response_cache_control(row.fields), kWall,
                             CacheOptions{})
              .count() == row.expected);
  }
}

TEST_CASE("freshness: the heuristic can be switched off") {
  CacheOptions options;
  options.heuristic_most = 0s;
  const HttpFields fields = {{"Last-Modified", kHundredSecondsBefore}};
  CHECK(freshness_lifetime(200, fields, CacheControl{}, kWall, options) == 0s);
}

TEST_CASE("age: 9111 4.2.3, as it comes and as it lies here") {
  struct Row {
    std::string_view source;
    HttpFields fields;
    base::Nanoseconds delay;
    base::Nanoseconds expected;
  };
  const std::vector<Row> rows = {
      {"nothing said", {}, 0s, 0s},
      {"apparent_age", {{"Date", kMinuteBefore}}, 0s, 60s},
      {"apparent_age of a clock ahead of ours", {{"Date", kMinuteAfter}}, 0s, 0s},
      {"age_value", {{"Date", kNowText}, {"Age", "30"}}, 0s, 30s},
      {"corrected_age_value", {{"Date", kNowText}, {"Age", "30"}}, 2500ms, 32500ms},
      {"response_delay alone", {{"Date", kNowText}}, 1500ms, 1500ms},
      {"the greater holds", {{"Date", kMinuteBefore}, {"Age", "30"}}, 2s, 60s},
      {"5.1 invalid: ignored", {{"Age", "-5"}}, 0s, 0s},
      {"5.1 invalid: ignored", {{"Age", "5.5"}}, 0s, 0s},
      {"5.1 the first of several", {{"Age", "5, 7"}, {"Age", "9"}}, 0s, 5s},
      {"1.2.2 too large", {{"Age", "99999999999"}}, 0s, 2147483648s},
      {"the calendar's start", {{"Date", "Sat, 01 Jan 0000 00:00:00 GMT"}}, 0s, 2147483648s},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source);
    const ResponseTimes times{kNow - row.delay, kNow, kWall};
    CHECK(initial_age(row.fields, times) == row.expected);
    CacheableResponse response{200, row.fields, nullptr, times};
    const HttpFields none;
    const StoredResponse stored =
        make_stored({"GET", "https://a.example/", none, {}}, response, CacheOptions{});
    CHECK(stored.age(kNow) == row.expected);
    CHECK(stored.age(kNow + 10s) == row.expected + 10s);  // resident_time
    CHECK(stored.age(kNow - 10s) == row.expected);
  }
}

TEST_CASE("cache options are checked, and the message names field and bounds") {
  CHECK(validate(CacheOptions(), "cache."));
  CHECK(validate(CacheOptions{25h, true, 0s}, "cache.").error().message ==
        "cache.heuristic_most is 25 h; it must be between 0 ms and 24 h");
  CHECK(validate(CacheOptions{0s, true, -1s}, "cache.").error().message ==
        "cache.stale_if_error is -1 s; it must be between 0 ms and 168 h");
}

}  // namespace sublet::policy

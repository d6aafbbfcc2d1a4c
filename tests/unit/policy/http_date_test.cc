// SPDX-License-Identifier: Apache-2.0
#include "policy/http_date.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sublet::policy {
namespace {

// 2026-11-22 08:00:00 UTC
constexpr WallTime kNow{std::chrono::seconds{1'795'334'400}};

struct Row {
  std::string_view source;
  std::string_view text;
  long long expected;  // seconds since 1970
};

}  // namespace

TEST_CASE("HTTP date: the three formats") {
  const std::vector<Row> rows = {
      {"9110 5.6.7 IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
      {"9110 5.6.7 rfc850-date", "Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
      {"9110 5.6.7 asctime-date", "Sun Nov  6 08:49:37 1994", 784111777},
      {"9110 5.6.7 asctime-date, two digits", "Wed Nov 16 08:49:37 1994", 784975777},
      {"the epoch", "Thu, 01 Jan 1970 00:00:00 GMT", 0},
      {"before the epoch", "Wed, 31 Dec 1969 23:59:59 GMT", -1},
      {"a leap day", "Thu, 29 Feb 2024 12:00:00 GMT", 1709208000},
      {"9110 5.6.7 a leap second", "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800},
      {"after 2038", "Sun, 01 Jan 2040 00:00:00 GMT", 2208988800},
      {"the last year", "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
      {"9110 5.6.7 more than 50 years ahead is past", "Tuesday, 01-Jan-80 00:00:00 GMT", 315532800},
      {"9110 5.6.7 50 years ahead", "Sunday, 22-Nov-76 07:00:00 GMT", 3373254000},
      {"9110 5.6.7 and a day more", "Tuesday, 23-Nov-76 07:00:00 GMT", 217580400},
      {"9110 5.5 white space around a value", "  Sun, 06 Nov 1994 08:49:37 GMT\t", 784111777},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source);
    const auto time = parse_http_date(row.text, kNow);
    REQUIRE(time);
    CHECK(time->time_since_epoch().count() == row.expected);
  }
}

TEST_CASE("HTTP date: a year of two digits at the end of a century") {
  const WallTime late = std::chrono::sys_days{std::chrono::year{2098} / 6 / 1};
  const auto time = parse_http_date("Thursday, 01-Jan-05 00:00:00 GMT", late);
  REQUIRE(time);
  CHECK(*time == WallTime{std::chrono::sys_days{std::chrono::year{2105} / 1 / 1}});
  CHECK_FALSE(parse_http_date("Saturday, 01-Jan-05 00:00:00 GMT", late));  // of 2005
}

TEST_CASE("HTTP date: what is none") {
  const std::vector<std::string_view> texts = {
      "",
      " ",
      "0",
      "-1",
      "784111777",
      "Sun, 6 Nov 1994 08:49:37 GMT",
      "Sun, 06 Nov 94 08:49:37 GMT",
      "sun, 06 Nov 1994 08:49:37 GMT",
      "Sun, 06 nov 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 08:49:37 gmt",
      "Sun, 06 Nov 1994 08:49:37 UTC",
      "Sun, 06 Nov 1994 08:49:37 +0000",
      "Sun, 06 Nov 1994 08:49:37",
      "Sun, 06 Nov 1994 08:49:37 GMT x",
      "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
      "Sun,  06 Nov 1994 08:49:37 GMT",
      "Sun 06 Nov 1994 08:49:37 GMT",
      "Mon, 06 Nov 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 24:00:00 GMT",
      "Sun, 06 Nov 1994 08:60:00 GMT",
      "Sun, 06 Nov 1994 08:49:61 GMT",
      "Sun, 06 Nov 1994 8:49:37 GMT",
      "Sun, 06 Nov 1994 08:49 GMT",
      "Thu, 00 Nov 1994 08:49:37 GMT",
      "Thu, 31 Nov 1994 08:49:37 GMT",
      "Wed, 29 Feb 2023 00:00:00 GMT",
      "Sun, 06 Nov +994 08:49:37 GMT",
      "Sun, 06-Nov-94 08:49:37 GMT",
      "Sunday, 06 Nov 1994 08:49:37 GMT",
      "Sunday, 06-Nov-1994 08:49:37 GMT",
      "Sun Nov 6 08:49:37 1994",
      "Sun Nov 06 08:49:37 1994 GMT",
      "Sun Nov  6 08:49:37 94",
      "1994-11-06T08:49:37Z",
      "Sun, 06 Nov 1994 08:49:37 GMT\n",
      "\xef\xbb\xbfSun, 06 Nov 1994 08:49:37 GMT",
  };
  for (const std::string_view text : texts) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_date(text, kNow));
  }
  using namespace std::string_view_literals;
  CHECK_FALSE(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT\0"sv, kNow));
}

}  // namespace sublet::policy

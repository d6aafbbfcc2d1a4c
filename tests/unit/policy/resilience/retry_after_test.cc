// SPDX-License-Identifier: Apache-2.0
#include "policy/resilience/retry_after.h"

#include <doctest/doctest.h>

#include <optional>
#include <vector>

namespace sublet::policy {

TEST_CASE("Retry-After: seconds, dates and what is neither") {
  // Sun, 06 Nov 1994 08:49:37 GMT
  constexpr WallTime kNow{std::chrono::seconds{784111777}};
  struct Row {
    std::string_view source;
    std::string_view value;
    std::optional<long long> expected;
  };
  constexpr long long kMost = 1LL << 31;
  const std::vector<Row> rows = {
      {"9110 10.2.3", "120", 120},
      {"9110 10.2.3", "0", 0},
      {"9110 10.2.3", "00120", 120},
      {"9110 10.2.3 date", "Sun, 06 Nov 1994 08:50:07 GMT", 30},
      {"9110 5.6.7 rfc850-date", "Sunday, 06-Nov-94 08:50:07 GMT", 30},
      {"9110 5.6.7 asctime-date", "Sun Nov  6 08:50:07 1994", 30},
      {"a date that is now", "Sun, 06 Nov 1994 08:49:37 GMT", 0},
      {"a date that is past", "Sun, 06 Nov 1994 08:49:36 GMT", 0},
      {"9110 5.5 white space", " 7 ", 7},
      {"9111 1.2.2 too large", "2147483649", kMost},
      {"9111 1.2.2 far too large", "99999999999999999999999999", kMost},
      {"too far ahead", "Fri, 31 Dec 9999 23:59:59 GMT", kMost},
      {"not by the grammar", "", std::nullopt},
      {"not by the grammar", "-1", std::nullopt},
      {"not by the grammar", "+1", std::nullopt},
      {"not by the grammar", "1.5", std::nullopt},
      {"not by the grammar", "1e3", std::nullopt},
      {"not by the grammar", "0x10", std::nullopt},
      {"not by the grammar", "10s", std::nullopt},
      {"not by the grammar", "10 20", std::nullopt},
      {"not by the grammar", "10, 20", std::nullopt},
      {"not by the grammar", "soon", std::nullopt},
      {"not by the grammar", "Sun, 06 Nov 1994", std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source);
    CAPTURE(row.value);
    const auto wait = parse_retry_after(row.value, kNow);
    REQUIRE(wait.has_value() == row.expected.has_value());
    if (wait) CHECK(wait->count() == *row.expected);
  }
}

}  // namespace sublet::policy

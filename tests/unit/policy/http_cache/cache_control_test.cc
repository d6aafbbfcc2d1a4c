// SPDX-License-Identifier: Apache-2.0
#include "policy/http_cache/cache_control.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sublet::policy {
namespace {

using namespace std::chrono_literals;

// What was read, one word for each directive.
std::string shown(const CacheControl& control) {
  std::string text;
  const auto flag = [&text](bool set, const char* name) {
    if (set) text.append(name).append(" ");
  };
  const auto time = [&text](const std::optional<std::chrono::seconds>& value, const char* name) {
    if (value) text.append(name).append("=").append(std::to_string(value->count())).append(" ");
  };
  flag(control.no_store, "no-store");
  flag(control.no_cache, "no-cache");
  flag(control.must_revalidate, "must-revalidate");
  flag(control.must_understand, "must-understand");
  flag(control.is_public, "public");
  flag(control.is_private, "private");
  flag(control.has_s_maxage, "s-maxage");
  flag(control.only_if_cached, "only-if-cached");
  time(control.max_age, "max-age");
  time(control.max_stale, "max-stale");
  time(control.min_fresh, "min-fresh");
  time(control.stale_while_revalidate, "swr");
  time(control.stale_if_error, "sie");
  if (!text.empty()) text.pop_back();
  return text;
}

}  // namespace

TEST_CASE("Cache-Control: directives and how they are written") {
  struct Row {
    std::string_view source;
    std::string value;
    std::string_view expected;
  };
  const std::vector<Row> rows = {
      {"9111 5.2 none", "", ""},
      {"9111 5.2.2.1", "max-age=60", "max-age=60"},
      {"9111 5.2 case-insensitive", "Max-Age=60, NO-STORE", "no-store max-age=60"},
      {"9111 5.2 both forms of an argument", "max-age=\"60\"", "max-age=60"},
      {"9111 5.2.2.2", "must-revalidate", "must-revalidate"},
      {"9111 5.2.2.3", "must-understand, no-store", "no-store must-understand"},
      {"9111 5.2.2.4", "no-cache", "no-cache"},
      {"9111 5.2.2.4 qualified: read as unqualified", "no-cache=\"Set-Cookie, X\"", "no-cache"},
      {"9111 5.2.2.5", "no-store", "no-store"},
      {"9111 5.2.2.5 with an argument", "no-store=1", "no-store"},
      {"9111 5.2.2.7", "private", "private"},
      {"9111 5.2.2.7 qualified", "private=\"X-A, X-B\", max-age=1", "private max-age=1"},
      {"9111 5.2.2.9", "public", "public"},
      {"9111 5.2.2.10", "s-maxage=10", "s-maxage"},
      {"9111 5.2.1.2 any", "max-stale", "max-stale=2147483648"},
      {"9111 5.2.1.2", "max-stale=5", "max-stale=5"},
      {"9111 5.2.1.3", "min-fresh=5", "min-fresh=5"},
      {"9111 5.2.1.7", "only-if-cached", "only-if-cached"},
      {"5861 3", "stale-while-revalidate=30", "swr=30"},
      {"5861 4", "stale-if-error=1200", "sie=1200"},
      {"9111 5.2.3 unknown", "community=\"UCI, no-store\", x, y=1, max-age=9", "max-age=9"},
      {"9111 5.2.3 unknown, no name", "=5, max-age=9", "max-age=9"},
      {"9110 5.6.1.2 empty members", ",, max-age=9 ,,", "max-age=9"},
      {"9110 5.6.3 white space", "\t max-age = 9 \t, public ", "public max-age=9"},
      {"a name within a name", "x-no-store, no-stores, max-age2=5", ""},
      {"9110 5.6.4 escapes", "x=\"a\\\", no-store\", max-age=9", "max-age=9"},
      {"no end of a quote", "x=\"a, no-store, max-age=9", "no-store max-age=9"},
      {"an escape at the end", "x=\"a, no-store\\", ""},
      {"9111 1.2.2 too large", "max-age=99999999999999", "max-age=2147483648"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source);
    CAPTURE(row.value);
    CHECK(shown(response_cache_control({{"cache-control", row.value}})) == row.expected);
  }
}

TEST_CASE("Cache-Control: what contradicts itself or is wrong is read so that less is reused") {
  struct Row {
    std::string_view source;
    std::vector<std::string> lines;
    std::string_view expected;
  };
  const std::vector<Row> rows = {
      {"9111 4.2.1 twice", {"max-age=60, max-age=10"}, "max-age=10"},
      {"9111 4.2.1 on two lines", {"max-age=10", "max-age=60"}, "max-age=10"},
      {"9111 4.2.1 no number", {"max-age=soon"}, "max-age=0"},
      {"9111 4.2.1 no number", {"max-age=60.5"}, "max-age=0"},
      {"9111 4.2.1 no number", {"max-age=-1"}, "max-age=0"},
      {"9111 4.2.1 no number", {"max-age="}, "max-age=0"},
      {"9111 4.2.1 no number", {"max-age"}, "max-age=0"},
      {"9111 4.2.1 no number", {"max-age=\"60\"x"}, "max-age=0"},
      {"9111 4.2.1 one of two is no number", {"max-age=60, max-age=x"}, "max-age=0"},
      {"9111 5.2.1.2 no number", {"max-stale=x"}, "max-stale=0"},
      {"9111 5.2.1.2 twice", {"max-stale, max-stale=4"}, "max-stale=4"},
      {"9111 5.2.1.3 twice", {"min-fresh=4, min-fresh=9"}, "min-fresh=9"},
      {"9111 5.2.1.3 no number", {"min-fresh=x"}, "min-fresh=2147483648"},
      {"5861 3 no number", {"stale-while-revalidate"}, "swr=0"},
      {"5861 4 twice", {"stale-if-error=9, stale-if-error=4"}, "sie=4"},
      {"9111 4.2.1 both are kept, the stricter holds",
       {"max-age=60", "no-store, no-cache", "public, private"},
       "no-store no-cache public private max-age=60"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source);
    HttpFields fields;
    for (const std::string& line : row.lines) fields.push_back({"Cache-Control", line});
    CHECK(shown(response_cache_control(fields)) == row.expected);
  }
}

TEST_CASE("Cache-Control: of a request, with Pragma (9111 5.4)") {
  CHECK(shown(request_cache_control({{"Pragma", "no-cache"}})) == "no-cache");
  CHECK(shown(request_cache_control({{"pragma", "x, No-Cache"}})) == "no-cache");
  CHECK(shown(request_cache_control({{"Pragma", "no-cachex"}})).empty());
  CHECK(shown(request_cache_control({{"Pragma", "no-cache"}, {"Cache-Control", "max-age=5"}})) ==
        "max-age=5");
  CHECK(shown(response_cache_control({{"Pragma", "no-cache"}})).empty());
}

}  // namespace sublet::policy

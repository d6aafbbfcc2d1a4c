// SPDX-License-Identifier: Apache-2.0
#include "policy/http_cache/cache_use.h"

#include <doctest/doctest.h>

#include <vector>

#include "unit/policy/http_cache/cache_fixture.h"

namespace sublet::policy {
namespace {

using namespace std::chrono_literals;
using namespace cache_test;

CacheControl request(const char* control) {
  return request_cache_control({{"Cache-Control", control}});
}

}  // namespace

TEST_CASE("use: what becomes of a request") {
  struct Row {
    std::string_view source;
    const char* stored;  // Cache-Control of the response
    base::Nanoseconds age;
    const char* request;
    std::string_view expected;
  };
  const std::vector<Row> rows = {
      {"9111 4.2 fresh", "max-age=60", 60s - 1ns, "", "fresh"},
      {"9111 4.2 stale", "max-age=60", 60s, "", "validate"},
      {"9111 5.2.2.4", "max-age=60, no-cache", 0s, "", "validate"},
      {"9111 5.2.2.2 while fresh", "max-age=60, must-revalidate", 5s, "", "fresh"},
      {"9111 5.2.2.2", "max-age=60, must-revalidate", 60s, "", "validate"},
      {"9111 5.2.1.4", "max-age=60", 5s, "no-cache", "validate"},
      {"9111 5.2.1.1 young enough", "max-age=60", 5s, "max-age=5", "fresh"},
      {"9111 5.2.1.1 too old", "max-age=60", 5s + 1ns, "max-age=5", "validate"},
      {"9111 5.2.1.1 reload", "max-age=60", 1ns, "max-age=0", "validate"},
      {"9111 5.2.1.3 fresh for long enough", "max-age=60", 50s, "min-fresh=10", "fresh"},
      {"9111 5.2.1.3 not", "max-age=60", 50s + 1ns, "min-fresh=10", "validate"},
      {"9111 5.2.1.2", "max-age=60", 70s, "max-stale=10", "stale"},
      {"9111 5.2.1.2 too stale", "max-age=60", 70s + 1ns, "max-stale=10", "validate"},
      {"9111 5.2.1.2 any", "max-age=60", 1000h, "max-stale", "stale"},
      {"9111 5.2.1.2 max-age holds all the same", "max-age=60", 70s, "max-age=65, max-stale=60",
       "validate"},
      {"9111 4.2.4 forbidden", "max-age=60, must-revalidate", 70s, "max-stale", "validate"},
      {"9111 4.2.4 forbidden", "max-age=60, no-cache", 70s, "max-stale", "validate"},
      {"9111 5.2.1.7 fresh", "max-age=60", 5s, "only-if-cached", "fresh"},
      {"9111 5.2.1.7 stale", "max-age=60", 60s, "only-if-cached", "gateway_timeout"},
      {"9111 5.2.1.7 stale, taken", "max-age=60", 60s, "only-if-cached, max-stale", "stale"},
      {"9111 5.2.1.7 nothing meanwhile", "max-age=60, stale-while-revalidate=30", 60s,
       "only-if-cached", "gateway_timeout"},
      {"5861 3", "max-age=60, stale-while-revalidate=30", 60s, "", "stale_while_revalidate"},
      {"5861 3 the end", "max-age=60, stale-while-revalidate=30", 90s, "", "validate"},
      {"5861 3 forbidden", "max-age=60, stale-while-revalidate=30, must-revalidate", 61s, "",
       "validate"},
      {"5861 3 the request wants fresh", "max-age=60, stale-while-revalidate=30", 61s,
       "max-age=600", "validate"},
      {"5861 3 the request wants fresh", "max-age=60, stale-while-revalidate=30", 61s,
       "min-fresh=1", "validate"},
      {"5861 3 the request wants fresh", "max-age=60, stale-while-revalidate=30", 61s, "no-cache",
       "validate"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source);
    CAPTURE(row.stored);
    CAPTURE(row.request);
    const StoredResponse stored = stored_with({{"Cache-Control", row.stored}});
    CHECK(to_string(choose_use(request(row.request), &stored, kNow + row.age)) == row.expected);
  }
  CHECK(choose_use(request(""), nullptr, kNow) == CacheUse::kMiss);
  CHECK(choose_use(request("only-if-cached"), nullptr, kNow) == CacheUse::kGatewayTimeout);
}

TEST_CASE("use: what stands in for a response that could not be had") {
  struct Row {
    std::string_view source;
    const char* stored;
    base::Nanoseconds age;
    const char* request;
    std::optional<std::uint16_t> status;
    std::chrono::seconds by_host;
    bool expected;
  };
  const auto none = std::nullopt;
  const std::vector<Row> rows = {
      {"5861 4 no response", "max-age=60, stale-if-error=30", 90s, "", none, 0s, true},
      {"5861 4 the end", "max-age=60, stale-if-error=30", 90s + 1ns, "", none, 0s, false},
      {"5861 4 500", "max-age=60, stale-if-error=30", 70s, "", 500, 0s, true},
      {"5861 4 502", "max-age=60, stale-if-error=30", 70s, "", 502, 0s, true},
      {"5861 4 503", "max-age=60, stale-if-error=30", 70s, "", 503, 0s, true},
      {"5861 4 504", "max-age=60, stale-if-error=30", 70s, "", 504, 0s, true},
      {"5861 4 no error of these", "max-age=60, stale-if-error=30", 70s, "", 501, 0s, false},
      {"5861 4 no error of these", "max-age=60, stale-if-error=30", 70s, "", 404, 0s, false},
      {"5861 4 of the request", "max-age=60", 90s, "stale-if-error=30", 503, 0s, true},
      {"5861 4 of neither", "max-age=60", 70s, "", 503, 0s, false},
      {"the host's, where neither says", "max-age=60", 70s, "", 503, 10s, true},
      {"the host's, where neither says", "max-age=60", 70s + 1ns, "", 503, 10s, false},
      {"not where one says", "max-age=60, stale-if-error=0", 60s, "", 503, 1h, false},
      {"9111 4.2.4 must-revalidate", "max-age=60, stale-if-error=30, must-revalidate", 70s, "",
       none, 1h, false},
      {"9111 4.2.4 no-cache", "max-age=60, stale-if-error=30, no-cache", 70s, "", none, 1h, false},
      {"9111 5.2.1.4", "max-age=60, stale-if-error=30", 70s, "no-cache", none, 0s, false},
      {"9111 5.2.1.1", "max-age=60, stale-if-error=30", 70s, "max-age=99", none, 0s, false},
      {"9111 5.2.1.3", "max-age=60, stale-if-error=30", 70s, "min-fresh=1", none, 0s, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source);
    CAPTURE(row.stored);
    const StoredResponse stored = stored_with({{"Cache-Control", row.stored}});
    CacheOptions options;
    options.stale_if_error = row.by_host;
    CHECK(may_use_on_error(request(row.request), stored, row.status, kNow + row.age, options) ==
          row.expected);
  }
}

}  // namespace sublet::policy

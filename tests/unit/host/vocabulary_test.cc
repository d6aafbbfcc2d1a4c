// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <set>
#include <string>

#include "sublet/sublet.h"

namespace sublet {

TEST_CASE("vocabulary: outcomes have names of their own, and the header's two columns") {
  std::set<std::string_view> seen;
  int retried = 0;
  int breaker = 0;
  for (int i = 0; i <= static_cast<int>(Outcome::kInternalError); ++i) {
    const auto outcome = static_cast<Outcome>(i);
    CHECK(seen.insert(to_string(outcome)).second);
    retried += is_retried_by_default(outcome) ? 1 : 0;
    breaker += counts_against_breaker(outcome) ? 1 : 0;
  }
  CHECK(seen.size() == 18);
  CHECK(retried == 8);
  CHECK(breaker == 8);
  CHECK(to_string(Outcome::kOk) == "ok");
  CHECK(to_string(Outcome::kExceededWallTime) == "exceeded_wall_time");
  CHECK(is_retried_by_default(Outcome::kException));
  CHECK_FALSE(is_retried_by_default(Outcome::kExceededCpu));
  CHECK(counts_against_breaker(Outcome::kExceededCpu));
  CHECK_FALSE(counts_against_breaker(Outcome::kThrottled));
  CHECK(to_string(static_cast<Outcome>(200)) == "internal_error");
}

TEST_CASE("vocabulary: codes, levels and ends of isolates have the names of their constants") {
  CHECK(to_string(ErrorCode::kInvalidArgument) == "invalid_argument");
  CHECK(to_string(ErrorCode::kInternal) == "internal");
  CHECK(to_string(LogLevel::kDebug) == "debug");
  CHECK(to_string(LogLevel::kError) == "error");
  CHECK(to_string(IsolateEnd::kEvicted) == "evicted");
  CHECK(to_string(IsolateEnd::kReplaced) == "replaced");
}

TEST_CASE("vocabulary: the version is that of the headers") {
  CHECK(std::string(library_version()) == std::to_string(SUBLET_VERSION_MAJOR) + "." +
                                              std::to_string(SUBLET_VERSION_MINOR) + "." +
                                              std::to_string(SUBLET_VERSION_PATCH));
}

TEST_CASE("vocabulary: limits for events") {
  const Limits limits = Limits::for_events();
  CHECK(limits.soft_cpu_time == std::chrono::milliseconds(1000));
  CHECK(limits.cpu_time == std::chrono::milliseconds(2000));
  CHECK(limits.wall_time == std::chrono::milliseconds(20'000));
}

}  // namespace sublet

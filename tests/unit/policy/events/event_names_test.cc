// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <set>
#include <string_view>

#include "sublet/events.h"

namespace sublet {

TEST_CASE("event names: each value has its own") {
  std::set<std::string_view> seen;
  for (int i = 0; i <= static_cast<int>(PublishStatus::kUnavailable); ++i) {
    CHECK(seen.insert(to_string(static_cast<PublishStatus>(i))).second);
  }
  CHECK(seen.size() == 9);
  seen.clear();
  for (int i = 0; i <= static_cast<int>(EventAction::kDeny); ++i) {
    CHECK(seen.insert(to_string(static_cast<EventAction>(i))).second);
  }
  CHECK(seen.size() == 4);
  seen.clear();
  for (int i = 0; i <= static_cast<int>(CatchUp::kAll); ++i) {
    CHECK(seen.insert(to_string(static_cast<CatchUp>(i))).second);
  }
  CHECK(seen.size() == 3);
}

TEST_CASE("event names: they are those of their constants") {
  CHECK(to_string(PublishStatus::kTooManyQueued) == "too_many_queued");
  CHECK(to_string(static_cast<PublishStatus>(200)) == "unavailable");
  CHECK(to_string(EventAction::kThrottle) == "throttle");
  CHECK(to_string(CatchUp::kSkip) == "skip");
}

}  // namespace sublet

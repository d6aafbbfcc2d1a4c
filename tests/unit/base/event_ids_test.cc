// SPDX-License-Identifier: Apache-2.0
#include "base/event_ids.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace sublet::base {

TEST_CASE("event ids: never the same twice, nor from another source") {
  EventIds ids;
  EventIds others;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    CHECK(seen.insert(ids.next()).second);
    CHECK(seen.insert(others.next()).second);
  }
}

}  // namespace sublet::base

// SPDX-License-Identifier: Apache-2.0
#include "runtime/memory_governor.h"

#include <doctest/doctest.h>

#include <vector>

namespace sublet::runtime {
namespace {

using Ids = std::vector<MemoryGovernor::IsolateId>;

TEST_CASE("memory governor: nothing goes as long as all fits") {
  MemoryGovernor governor(Bytes{100});
  governor.added(1, Bytes{60});
  governor.idle(1, Bytes{60});
  governor.added(2, Bytes{40});
  CHECK_FALSE(governor.over_budget());
  CHECK(governor.claim_evictions().empty());
  CHECK(governor.committed() == Bytes{100});
}

TEST_CASE("memory governor: the least recently used idle isolates go, as many as needed") {
  MemoryGovernor governor(Bytes{100});
  for (MemoryGovernor::IsolateId id = 1; id <= 4; ++id) {
    governor.added(id, Bytes{10});
    governor.idle(id, Bytes{10});
  }
  CHECK(governor.in_use(1));
  governor.idle(1, Bytes{10});  // 2, 3, 4, 1 now
  governor.added(5, Bytes{75});
  CHECK(governor.over_budget());
  CHECK(governor.claim_evictions() == Ids{2, 3});
}

TEST_CASE("memory governor: an isolate in use never goes") {
  MemoryGovernor governor(Bytes{100});
  governor.added(1, Bytes{90});
  governor.added(2, Bytes{5});
  governor.idle(2, Bytes{5});
  CHECK(governor.in_use(2));
  governor.measured(2, Bytes{50});
  CHECK(governor.committed() == Bytes{140});
  CHECK(governor.claim_evictions().empty());
  governor.idle(2, Bytes{45});
  CHECK(governor.claim_evictions() == Ids{2});
}

TEST_CASE("memory governor: room is made for what comes") {
  MemoryGovernor governor(Bytes{100});
  governor.added(1, Bytes{60});
  governor.idle(1, Bytes{60});
  CHECK(governor.claim_evictions(Bytes{40}).empty());
  CHECK(governor.over_budget(Bytes{41}));
  CHECK(governor.claim_evictions(Bytes{41}) == Ids{1});
}

TEST_CASE(
    "memory governor: a claimed isolate is not lent, not claimed twice, and counts as leaving") {
  MemoryGovernor governor(Bytes{100});
  governor.added(1, Bytes{50});
  governor.idle(1, Bytes{50});
  governor.added(2, Bytes{50});
  governor.idle(2, Bytes{50});
  governor.added(3, Bytes{20});
  CHECK(governor.claim_evictions() == Ids{1});
  CHECK_FALSE(governor.in_use(1));
  CHECK(governor.claim_evictions().empty());
  governor.idle(1, Bytes{55});  // its last reading
  CHECK(governor.claim_evictions().empty());
  CHECK(governor.claim_evictions(Bytes{31}) == Ids{2});
  CHECK(governor.committed() == Bytes{125});
  governor.removed(1);
  CHECK(governor.committed() == Bytes{70});
  governor.removed(2);
  CHECK(governor.committed() == Bytes{20});
  governor.added(4, Bytes{90});
  governor.idle(4, Bytes{90});
  CHECK(governor.claim_evictions() == Ids{4});  // nothing counts as leaving any more
}

TEST_CASE("memory governor: what is gone does not count, and unknown isolates are ignored") {
  MemoryGovernor governor(Bytes{10});
  governor.added(1, Bytes{20});
  governor.idle(1, Bytes{20});
  governor.removed(1);
  governor.removed(1);
  governor.idle(1, Bytes{30});
  governor.measured(1, Bytes{30});
  CHECK_FALSE(governor.in_use(1));
  CHECK(governor.committed() == Bytes{0});
  CHECK(governor.claim_evictions().empty());
}

}  // namespace
}  // namespace sublet::runtime

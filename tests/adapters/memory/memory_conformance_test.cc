// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/conformance_test.h"
#include "sublet/adapters/memory_key_value_store.h"

namespace sublet {

TEST_CASE("memory: it does what every store does") {
  testing::KeyValueSubject subject;
  subject.open = [](KeyValueClock clock) {
    return std::make_shared<MemoryKeyValueStore>(std::move(clock));
  };
  testing::expect_conformance(subject);
}

}  // namespace sublet

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sublet/adapters/key_value_store.h"
#include "sublet/testing/conformance.h"

// Proves that a store does what KeyValueStore promises. Link sublet::testing.
//
//   sublet::testing::KeyValueSubject subject;
//   subject.open = [](sublet::KeyValueClock clock) { return my_store(std::move(clock)); };
//   for (const auto& failure : sublet::testing::run_key_value_conformance(subject)) ...
namespace sublet::testing {

// The store under test.
struct KeyValueSubject {
  // Makes a store over nothing: what it held before is gone. It must tell time by `clock`. The last
  // one has been let go, but its threads may just be ending.
  std::function<std::shared_ptr<KeyValueStore>(KeyValueClock clock)> open;
  // Makes a store over what the last one held, which is gone by then; empty where a store's
  // contents end with it, and those cases are skipped.
  std::function<std::shared_ptr<KeyValueStore>(KeyValueClock clock)> reopen;
  // Makes one more store over what the last one holds, which stays open, as another process may;
  // empty where that cannot be, and those cases are skipped.
  std::function<std::shared_ptr<KeyValueStore>(KeyValueClock clock)> open_another;
  // How long an answer may take.
  std::chrono::milliseconds patience = std::chrono::seconds(30);
  // Bytes that the store adds to each value, for the cases about usage (an envelope's).
  std::uint64_t value_overhead = 0;
};

// The names of all cases, in order.
std::vector<std::string> key_value_conformance_cases();

// Runs the cases whose name contains `filter`; empty: all passed.
std::vector<ConformanceFailure> run_key_value_conformance(const KeyValueSubject& subject,
                                                          const std::string& filter = {});

}  // namespace sublet::testing

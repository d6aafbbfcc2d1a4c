// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sublet/adapters/event_queue.h"
#include "sublet/testing/conformance.h"

// Proves that a queue does what EventQueue promises. Link sublet::testing.
//
//   sublet::testing::EventQueueSubject subject;
//   subject.open = [](sublet::EventClock clock) { return my_queue(std::move(clock)); };
//   for (const auto& failure : sublet::testing::run_event_queue_conformance(subject)) ...
namespace sublet::testing {

// The queue under test.
struct EventQueueSubject {
  // Makes a queue over nothing: what it held before is gone. It must tell time by `clock`. The last
  // one has been let go, but its threads may just be ending.
  std::function<std::shared_ptr<EventQueue>(EventClock clock)> open;
  // Makes a queue over what the last one held, which is gone by then; empty where a queue's
  // contents end with it, and those cases are skipped.
  std::function<std::shared_ptr<EventQueue>(EventClock clock)> reopen;
  // Makes one more queue over what the last one holds, which stays open, as another process may;
  // empty where that cannot be, and those cases are skipped.
  std::function<std::shared_ptr<EventQueue>(EventClock clock)> open_another;
  // How long an answer may take.
  std::chrono::milliseconds patience = std::chrono::seconds(30);
};

// The names of all cases, in order.
std::vector<std::string> event_queue_conformance_cases();

// Runs the cases whose name contains `filter`; empty: all passed.
std::vector<ConformanceFailure> run_event_queue_conformance(const EventQueueSubject& subject,
                                                            const std::string& filter = {});

}  // namespace sublet::testing

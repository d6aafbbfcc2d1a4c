// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "sublet/testing/event_queue_conformance.h"

namespace sublet::testing {

// Fails the test for each case that was not as promised.
inline void expect_event_conformance(const EventQueueSubject& subject,
                                     const std::string& filter = {}) {
  const auto failures = run_event_queue_conformance(subject, filter);
  for (const ConformanceFailure& failure : failures) {
    FAIL_CHECK(failure.name << ": " << failure.what);
  }
  CHECK(failures.empty());
}

}  // namespace sublet::testing

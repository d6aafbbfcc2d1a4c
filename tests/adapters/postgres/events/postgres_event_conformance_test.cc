// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/postgres/events/event_side.h"
#include "sublet/testing/event_queue_conformance.h"

namespace sublet {
namespace {

// Every queue that starts from nothing gets a schema of its own.
testing::EventQueueSubject subject_of(void (*change)(PostgresEventQueueOptions&)) {
  (void)the_server();  // started on this thread, since the cases run on others that end
  auto present = std::make_shared<PostgresEventQueueOptions>();
  testing::EventQueueSubject subject;
  subject.open = [present, change](EventClock clock) {
    *present = fresh_event_options();
    change(*present);
    present->clock = std::move(clock);
    return open_queue(*present);
  };
  subject.reopen = [present](EventClock clock) {
    present->clock = std::move(clock);
    return open_queue(*present);
  };
  subject.open_another = subject.reopen;
  return subject;
}

void expect_conformance(void (*change)(PostgresEventQueueOptions&),
                        const std::string& filter = {}) {
  const auto failures = testing::run_event_queue_conformance(subject_of(change), filter);
  for (const testing::ConformanceFailure& failure : failures) {
    FAIL_CHECK(failure.name << ": " << failure.what);
  }
  CHECK(failures.empty());
}

}  // namespace

TEST_CASE("postgres events: it does what every queue does") {
  expect_conformance([](PostgresEventQueueOptions&) {});
}

TEST_CASE("postgres events: over one connection, one transaction at a time, two do the same") {
  expect_conformance(
      [](PostgresEventQueueOptions& options) {
        options.connections = 1;
        options.pipeline = 1;
      },
      "two: ");
}

}  // namespace sublet

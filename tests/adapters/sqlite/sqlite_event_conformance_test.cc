// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>

#include "adapters/sqlite/sqlite_event_test_side.h"
#include "sublet/testing/event_queue_conformance.h"

namespace sublet {
namespace {

void expect_queue_conformance(SqliteEventQueueOptions::Durability durability,
                              const std::string& filter) {
  const TemporaryFolder folder;
  // A file of its own for each: the last queue may just be closing its file.
  const auto files = std::make_shared<int>(0);
  auto opened = [&folder, durability, files](EventClock clock) {
    SqliteEventQueueOptions options;
    options.path = folder / ("queue" + std::to_string(*files) + ".db");
    options.durability = durability;
    options.clock = std::move(clock);
    return open_queue(options);
  };
  testing::EventQueueSubject subject;
  subject.open = [files, opened](EventClock clock) {
    ++*files;
    return opened(std::move(clock));
  };
  subject.reopen = opened;
  subject.open_another = opened;
  for (const auto& failure : testing::run_event_queue_conformance(subject, filter)) {
    FAIL_CHECK(failure.name << ": " << failure.what);
  }
}

}  // namespace

TEST_CASE("sqlite events: it does what every queue does") {
  expect_queue_conformance(SqliteEventQueueOptions::Durability::kProcess, "");
}

TEST_CASE("sqlite events: waiting for the disk it does the same") {
  expect_queue_conformance(SqliteEventQueueOptions::Durability::kMachine, "settle");
}

}  // namespace sublet

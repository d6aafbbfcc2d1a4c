// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/sqlite/database_file.h"
#include "adapters/sqlite/failing_memory.h"
#include "adapters/sqlite/group_writer_of.h"
#include "adapters/sqlite/sqlite_event_test_side.h"

// Memory that ends.
namespace sublet {
namespace {

using namespace adapters::sqlite;
using adapters::sqlite::events::EnqueueCall;
using adapters::sqlite::events::Side;

constexpr std::size_t kMostTimes = 10'000;  // that a test lets memory fail

}  // namespace

TEST_CASE("sqlite events: wherever memory ends, a call is done once, or not at all") {
  const TemporaryFolder folder;
  SqliteEventQueueOptions options;
  options.path = folder / "queue.db";
  options.durability = SqliteEventQueueOptions::Durability::kProcess;
  const auto connection = open_for_writing(Side::database_of(options));
  GroupWriterOf<Side> writer(*connection, options);
  std::int64_t rows = 0;
  bool refused = true;
  std::size_t times = 0;
  for (; refused && times < kMostTimes; ++times) {
    std::vector<events::WriteCall> group;
    group.push_back(EnqueueCall{{{unit_of("t")}}, {}, {}});
    group.push_back(EnqueueCall{{{unit_of("u")}}, {}, {}});
    FailingMemory memory(times, FailingMemory::Times::kOnce);
    (void)writer.write(group, false);
    refused = memory.stop();
    for (const events::WriteCall& call : group) {
      const auto& answer = std::get<EnqueueCall>(call).answer;
      REQUIRE(answer.has_value());
      if (answer->has_value()) ++rows;
    }
    REQUIRE(connection->integer("SELECT count(*) FROM delivery") == rows);
    (void)writer.writes().take_woken();
  }
  CHECK(times > 10);
  CHECK_FALSE(refused);
}

}  // namespace sublet

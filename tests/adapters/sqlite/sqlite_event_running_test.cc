// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "adapters/sqlite/database_file.h"
#include "adapters/sqlite/group_writer_of.h"
#include "adapters/sqlite/sqlite_event_test_side.h"

// What only a queue in a file has: groups, parts, a file to keep clean.
namespace sublet {
namespace {

namespace events = adapters::sqlite::events;

SqliteEventQueueOptions options_in(const TemporaryFolder& folder) {
  SqliteEventQueueOptions options;
  options.path = folder / "queue.db";
  options.durability = SqliteEventQueueOptions::Durability::kProcess;
  return options;
}

// A clock that a test sets.
class SetClock {
 public:
  EventClock clock() {
    return [now = now_] { return EventTime(std::chrono::milliseconds(*now)); };
  }
  void move(std::chrono::milliseconds by) { *now_ += by.count(); }

 private:
  std::shared_ptr<std::atomic<std::int64_t>> now_ =
      std::make_shared<std::atomic<std::int64_t>>(1'700'000'000'000);
};

}  // namespace

TEST_CASE("sqlite events: others come between the parts of a large call") {
  const TemporaryFolder folder;
  const auto queue = open_queue(options_in(folder));
  std::mutex mutex;
  std::vector<std::string> order;
  const auto note = [&](const std::string& who) {
    const std::lock_guard lock(mutex);
    order.push_back(who);
  };
  Answer<std::vector<EventEnqueued>> large, after, small;
  const auto noted = [&](const std::string& who, Answer<std::vector<EventEnqueued>>& answer) {
    return [&note, who, done = answer.callback()](auto result) {
      note(who);
      done(std::move(result));
    };
  };
  {
    const HeldEventWriter held(*queue);
    queue->enqueue(std::vector<EventEnqueue>(1000, unit_of("flood")), noted("large", large));
    queue->enqueue({unit_of("flood")}, noted("after", after));
    queue->enqueue({unit_of("small")}, noted("small", small));
  }
  const auto answers = large.get();
  REQUIRE(answers.has_value());
  REQUIRE(answers->size() == 1000);
  for (std::size_t i = 1; i < answers->size(); ++i) {
    CHECK((*answers)[i - 1].ids.front() < (*answers)[i].ids.front());
  }
  // Not before the large one, which the same tenant called first.
  CHECK(after.get()->front().ids.front() > answers->back().ids.front());
  CHECK(small.get()->front().ids.front() < answers->back().ids.front());
  CHECK(order == std::vector<std::string>{"small", "large", "after"});
}

TEST_CASE("sqlite events: claims go first, in a transaction of their own") {
  const TemporaryFolder folder;
  const auto options = options_in(folder);
  const auto store = EventStore::open(options);
  Answer<std::vector<EventEnqueued>> published;
  Answer<std::vector<EventDelivery>> claimed;
  const std::uint64_t before = store->transactions();
  {
    const HeldEventWriter held(*store);
    store->push(events::EnqueueCall{{{unit_of("t")}}, published.callback(), {}});
    EventClaim request;
    request.from.push_back({queue_of("t"), 1});
    store->push(events::ClaimCall{request, claimed.callback(), {}});
  }
  CHECK(claimed.get()->empty());
  CHECK(published.get().has_value());
  CHECK(store->transactions() == before + 3);  // the held one's too
  store->close();
}

TEST_CASE("sqlite events: a queue that ends answers all that waits") {
  const TemporaryFolder folder;
  const auto store = EventStore::open(options_in(folder));
  Answer<std::vector<EventEnqueued>> published;
  Answer<std::vector<EventDelivery>> claimed;
  Answer<std::uint64_t> purged;
  auto held = std::make_unique<HeldEventWriter>(*store);
  store->push(events::EnqueueCall{{{unit_of("t")}}, published.callback(), {}});
  EventClaim request;
  request.from.push_back({queue_of("t"), 1});
  store->push(events::ClaimCall{request, claimed.callback(), {}});
  events::TakeRequest take;
  take.limit = 1;
  store->push(events::TakeCall{take, purged.callback(), {}});
  std::thread closing([&] { store->close(); });
  CHECK(published.get().error().code == ErrorCode::kUnavailable);
  CHECK(claimed.get().error().code == ErrorCode::kUnavailable);
  CHECK(purged.get().error().code == ErrorCode::kUnavailable);
  held->release();
  closing.join();
  Answer<std::vector<EventEnqueued>> late;
  store->push(events::EnqueueCall{{{unit_of("t")}}, late.callback(), {}});
  CHECK(late.get().error().code == ErrorCode::kUnavailable);
}

TEST_CASE("sqlite events: of a large call that is cut short nobody knows what was done") {
  using namespace adapters::sqlite;
  const TemporaryFolder folder;
  const auto options = options_in(folder);
  const auto connection = open_for_writing(events::Side::database_of(options));
  GroupWriterOf<events::Side> writer(*connection, options);
  std::vector<events::WriteCall> group;
  group.push_back(events::EnqueueCall{{std::vector<EventEnqueue>(300, unit_of("t"))}, {}, {}});
  (void)writer.write(group, false);
  CHECK_FALSE(std::get<events::EnqueueCall>(group[0]).answer.has_value());
  GroupWriterOf<events::Side>::set_error(group[0], Error{ErrorCode::kUnavailable, "the end"});
  CHECK(std::get<events::EnqueueCall>(group[0]).answer->error().code == ErrorCode::kIndeterminate);
  const auto rows = connection->integer("SELECT count(*) FROM delivery");
  CHECK(rows > 0);
  CHECK(rows < 300);
}

TEST_CASE("sqlite events: the watcher is told after the commit, and of what was unblocked") {
  const TemporaryFolder folder;
  const auto queue = open_queue(options_in(folder));
  std::mutex mutex;
  std::vector<EventQueueName> told;
  const auto take_told = [&] {
    const std::lock_guard lock(mutex);
    return std::exchange(told, {});
  };
  queue->watch([&](const std::vector<EventQueueName>& queues) {
    const std::lock_guard lock(mutex);
    told.insert(told.end(), queues.begin(), queues.end());
  });
  EventEnqueue unit;
  unit.deliveries = {delivery_of("t", "1", "key"), delivery_of("t", "2", "key")};
  unit.deliveries[1].queue.event = "other";
  REQUIRE(enqueue(*queue, {unit}).has_value());
  CHECK(take_told() == std::vector<EventQueueName>{queue_of("t")});
  const auto claimed = claim(*queue, "t");
  REQUIRE(claimed.has_value());
  CHECK(take_told().empty());
  REQUIRE(settle(*queue, *claimed).has_value());
  CHECK(take_told() == std::vector<EventQueueName>{{"t", "x", "other"}});
  queue->watch({});
  REQUIRE(enqueue(*queue, {unit}).has_value());
  CHECK(take_told().empty());
}

TEST_CASE("sqlite events: purging takes out keys, records and queues that nobody needs") {
  using namespace adapters::sqlite;
  const TemporaryFolder folder;
  SetClock time;
  auto options = options_in(folder);
  options.clock = time.clock();
  const auto connection = open_for_writing(events::Side::database_of(options));
  GroupWriterOf<events::Side> writer(*connection, options);
  std::vector<events::WriteCall> group;
  std::vector<EventEnqueue> units;
  for (int i = 0; i < 100; ++i) {
    EventEnqueue unit = unit_of("t" + std::to_string(i));
    unit.idempotency_key = "key";
    unit.idempotency_window = std::chrono::seconds(1);
    EventRecordWrite write;
    write.kind = "k";
    write.name = std::to_string(i);
    write.data = "";
    write.expires_in = std::chrono::seconds(1);
    unit.records.push_back(write);
    units.push_back(unit);
  }
  const auto rows = [&](const std::string& table) {
    return connection->integer(("SELECT count(*) FROM " + table).c_str());
  };
  group.push_back(events::EnqueueCall{{std::move(units)}, {}, {}});
  for (int i = 0; i < 100 && !std::get<events::EnqueueCall>(group[0]).answer.has_value(); ++i) {
    (void)writer.write(group, false);
  }
  group.clear();
  CHECK_FALSE(writer.write(group, true));
  CHECK(rows("idempotency") == 100);
  CHECK(rows("record") == 100);
  CHECK(rows("queue") == 100);
  time.move(std::chrono::seconds(1));
  events::TakeRequest take;
  take.limit = 50;
  group.push_back(events::TakeCall{take, {}, {}});
  CHECK_FALSE(writer.write(group, true));
  CHECK(rows("idempotency") == 0);
  CHECK(rows("record") == 0);
  CHECK(rows("queue") == 50);
  CHECK(rows("body") == 50);
}

TEST_CASE("sqlite events: nothing of a tenant is left in the file") {
  const TemporaryFolder folder;
  const auto options = options_in(folder);
  {
    const auto queue = open_queue(options);
    EventEnqueue unit = unit_of("secret tenant", "secret payload");
    unit.idempotency_key = "secret key";
    REQUIRE(enqueue(*queue, {unit, unit_of("secret tenant", "secret too")}).has_value());
    const auto claimed = claim(*queue, "secret tenant");
    REQUIRE(settle(*queue, *claimed, EventSettlement::Kind::kDead).has_value());
    Answer<std::uint64_t> erased;
    queue->erase("secret tenant", 1000, erased.callback());
    CHECK(erased.get().value() == 3);
  }
  CHECK(read_file(options.path).find("secret") == std::string::npos);
}

TEST_CASE("sqlite events: a clock that goes back keeps no claim for long") {
  const TemporaryFolder folder;
  SetClock time;
  auto options = options_in(folder);
  options.clock = time.clock();
  const auto queue = open_queue(options);
  REQUIRE(enqueue(*queue, {unit_of("t")}).has_value());
  const auto first = claim(*queue, "t");
  REQUIRE(first->size() == 1);
  time.move(-std::chrono::hours(1));
  Answer<EventReadyPage> ready;
  queue->ready({}, 10, ready.callback());
  const auto page = ready.get();
  REQUIRE(page->queues.size() == 1);
  CHECK(page->queues[0].due_at <= page->now);
  const auto second = claim(*queue, "t");
  REQUIRE(second->size() == 1);
  CHECK(second->front().fence > first->front().fence);
  CHECK(*settle(*queue, *first) == std::vector<bool>{false});
  CHECK(*settle(*queue, *second) == std::vector<bool>{true});
}

TEST_CASE("sqlite events: one claim takes no more bytes than fit in memory") {
  const TemporaryFolder folder;
  const auto queue = open_queue(options_in(folder));
  const std::string payload(EventQueue::kMaxPayloadBytes, 'p');
  for (int i = 0; i < 5; ++i) REQUIRE(enqueue(*queue, {unit_of("t", payload)}).has_value());
  CHECK(claim(*queue, "t", 1000)->size() == 4);
  CHECK(claim(*queue, "t", 1000)->size() == 1);
}

}  // namespace sublet

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>

#include "adapters/postgres/events/event_side.h"
#include "adapters/postgres/events/names.h"

// Transactions of several processes that meet.
namespace sublet {
namespace {

std::string table(const PostgresEventQueueOptions& options, const std::string& name) {
  return options.schema + "." + name;
}

}  // namespace

TEST_CASE("postgres events: a statement that waits too long is given up, and nothing is done") {
  PostgresEventQueueOptions options = fresh_event_options();
  options.statement_timeout = std::chrono::milliseconds(100);
  const auto queue = open_queue(options);
  enqueue(*queue, {delivery_of("a")});
  const auto claimed = claim(*queue, claim_of(1));
  Session host;
  host.run("BEGIN");
  host.run("LOCK TABLE " + table(options, "event_deliveries") + " IN ACCESS EXCLUSIVE MODE");
  Answer<std::vector<EventEnqueued>> enqueued;
  queue->enqueue({unit_of({delivery_of("b")})}, enqueued.callback());
  Answer<std::vector<bool>> settled;
  queue->settle({done_of(claimed.at(0))}, settled.callback());
  for (const Error& error : {enqueued.get().error(), settled.get().error()}) {
    CHECK(error.code == ErrorCode::kUnavailable);
  }
  host.run("ROLLBACK");
  CHECK(count(*queue) == EventCounts{0, 1, 0, 0});
  CHECK(settle(*queue, {done_of(claimed.at(0))}) == std::vector<bool>{true});
}

TEST_CASE("postgres events: a deadlock with somebody else is tried again") {
  const PostgresEventQueueOptions options = fresh_event_options();
  const auto queue = open_queue(options);
  const auto ids = enqueue(*queue, {delivery_of("a"), delivery_of("b")});
  const auto claimed = claim(*queue, claim_of(2));
  const auto lock = [&](std::uint64_t id) {
    return "SELECT 1 FROM " + table(options, "event_deliveries") +
           " WHERE id = " + std::to_string(id) + " FOR UPDATE";
  };
  // The server ends the one that looks first, which is not this.
  Session host("postgres");
  host.run("SET deadlock_timeout = '1min'");
  host.run("BEGIN");
  host.run(lock(ids.at(1)));
  Answer<std::vector<bool>> settled;
  queue->settle({done_of(claimed.at(0)), done_of(claimed.at(1))}, settled.callback());
  // It has the first row when it waits for the second.
  for (std::string waits = "0"; waits == "0";) {
    waits = superuser_sql("SELECT count(*) FROM pg_locks WHERE NOT granted");
  }
  host.run(lock(ids.at(0)));
  CHECK_FALSE(settled.is_there());
  host.run("ROLLBACK");
  CHECK(value_of(settled) == std::vector<bool>{true, true});
  CHECK(superuser_sql("SELECT deadlocks > 0 FROM pg_stat_database WHERE datname = 'sublet'") ==
        "t");
}

TEST_CASE("postgres events: no completion is passed over by one that is committed before it") {
  const PostgresEventQueueOptions options = fresh_event_options();
  const auto queue = open_queue(options);
  const auto contents = [&](std::string& cursor) {
    Answer<EventCompletionPage> answer;
    queue->completions(cursor, 100, answer.callback());
    const EventCompletionPage page = value_of(answer);
    cursor = page.cursor;
    std::string all;
    for (const EventCompletion& completion : page.completions) all += completion.content + " ";
    return all;
  };
  Session slow;
  slow.run("BEGIN");
  slow.run("INSERT INTO " + table(options, "event_completions") +
           " (at, tenant, content) VALUES (0, 't', 'slow')");
  enqueue(*queue, {delivery_of("a")});
  settle(*queue, {done_of(claim(*queue, claim_of(1)).at(0), "quick")});
  std::string cursor;
  CHECK(contents(cursor).empty());
  slow.run("COMMIT");
  CHECK(contents(cursor) == "slow quick ");
  CHECK(contents(cursor).empty());
}

TEST_CASE(
    "postgres events: two processes never claim the same, and tell each other of new events") {
  const PostgresEventQueueOptions options = fresh_event_options();
  const auto one = open_queue(options);
  const auto other = open_queue(options);
  auto told = std::make_shared<std::atomic<bool>>(false);
  other->watch([told](const std::vector<EventQueueName>& queues) {
    if (queues == std::vector{queue_named()}) *told = true;
  });
  std::vector<NewDelivery> deliveries;
  for (int i = 0; i < 200; ++i) deliveries.push_back(delivery_of(std::to_string(i)));
  enqueue(*one, deliveries);
  std::vector<Answer<std::vector<EventDelivery>>> answers(20);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    (i % 2 == 0 ? one : other)->claim(claim_of(10), answers[i].callback());
  }
  std::vector<std::string> claimed;
  for (auto& answer : answers) {
    for (std::string& id : ids_of(value_of(answer))) claimed.push_back(std::move(id));
  }
  std::sort(claimed.begin(), claimed.end());
  CHECK(std::adjacent_find(claimed.begin(), claimed.end()) == claimed.end());
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!*told && std::chrono::steady_clock::now() < end) {
    enqueue(*one, {delivery_of("again")});
  }
  CHECK(*told);
  other->watch(nullptr);
}

TEST_CASE("postgres events: notifications name queues of any bytes, or none where they are many") {
  using adapters::postgres::notification_of;
  using adapters::postgres::parse_notification;
  const std::set<EventQueueName> queues = {{"t,.:", "", "\xff\x01"}, {"t", "x", "e"}};
  const auto parsed = parse_notification(notification_of("me", queues));
  CHECK(parsed.sender == "me");
  CHECK(std::set<EventQueueName>(parsed.queues.begin(), parsed.queues.end()) == queues);
  std::set<EventQueueName> many;
  for (int i = 0; i < 1000; ++i) many.insert({"t", "x", std::to_string(i)});
  const std::string text = notification_of("me", many);
  CHECK(text.size() < 8000);
  CHECK(parse_notification(text).queues.empty());
  CHECK(parse_notification("me:zz..aa").queues.empty());
}

}  // namespace sublet

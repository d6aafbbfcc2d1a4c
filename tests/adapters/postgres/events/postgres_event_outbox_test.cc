// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/postgres/events/event_side.h"

// The host publishes in a transaction of its own.
namespace sublet {
namespace {

const EventQueueName kOutbox = {"t", "", "order.paid"};

std::string publish(const PostgresEventQueueOptions& options, const std::string& arguments) {
  return "SELECT " + options.schema + ".publish('t', 'order.paid', " + arguments + ")";
}

}  // namespace

TEST_CASE("postgres events: what a host publishes is there when its transaction is committed") {
  const PostgresEventQueueOptions options = fresh_event_options();
  const auto queue = open_queue(options);
  Session host;
  host.run("BEGIN");
  CHECK(host.run(publish(options, "'{\"a\": 1}', event_id => 'mine'")) == "mine");
  CHECK(claim(*queue, claim_of(10, kOutbox)).empty());
  host.run("COMMIT");
  const auto claimed = claim(*queue, claim_of(10, kOutbox));
  REQUIRE(ids_of(claimed) == std::vector<std::string>{"mine"});
  CHECK(claimed[0].payload == "{\"a\": 1}");
  CHECK(claimed[0].envelope.empty());
  CHECK(claimed[0].attempts == 1);
}

TEST_CASE("postgres events: what a host publishes and takes back was never there") {
  const PostgresEventQueueOptions options = fresh_event_options();
  const auto queue = open_queue(options);
  Session host;
  host.run("BEGIN");
  host.run(publish(options, "'1', 'key'"));
  host.run("ROLLBACK");
  CHECK(count(*queue) == EventCounts{});
  CHECK(claim(*queue, claim_of(10, kOutbox)).empty());
}

TEST_CASE("postgres events: publish() takes jsonb, a time and a key, and makes an id") {
  const PostgresEventQueueOptions options = fresh_event_options();
  const auto queue = open_queue(options);
  Session host;
  const std::string id = host.run(publish(options, "'{\"a\":1}'::jsonb, ordering_key => 'k'"));
  CHECK_FALSE(id.empty());
  CHECK(host.run(publish(options, "'2', ordering_key => 'k'")) != id);
  host.run(publish(options, "'3', not_before => now() + interval '1 hour'"));
  CHECK(count(*queue) == EventCounts{2, 0, 1, 0});
  const auto claimed = claim(*queue, claim_of(10, kOutbox));
  REQUIRE(ids_of(claimed) == std::vector<std::string>{id});
  CHECK(claimed[0].payload == "{\"a\": 1}");
  CHECK(host.state_of("SELECT " + options.schema + ".publish('', 'e', '1')") == "22023");
  CHECK(host.state_of("SELECT " + options.schema + ".publish('t', 'e', NULL::text)") == "22023");
}

TEST_CASE("postgres events: the outbox keeps the order of a key, and becomes deliveries") {
  const PostgresEventQueueOptions options = fresh_event_options();
  const auto queue = open_queue(options);
  Session host;
  for (const char* id : {"1", "2"}) {
    host.run(publish(options, std::string("'") + id + "', 'k', '" + id + "'"));
  }
  for (const char* id : {"1", "2"}) {
    const auto claimed = claim(*queue, claim_of(10, kOutbox));
    REQUIRE(ids_of(claimed) == std::vector<std::string>{id});
    EventSettlement settlement = done_of(claimed[0]);
    settlement.deliveries = {delivery_of(id, "k")};
    CHECK(settle(*queue, {settlement}) == std::vector<bool>{true});
    // Another time it is nobody's: nothing is enqueued twice.
    CHECK(settle(*queue, {settlement}) == std::vector<bool>{false});
  }
  CHECK(count(*queue) == EventCounts{1, 0, 1, 0});
  CHECK(ids_of(claim(*queue, claim_of(10))) == std::vector<std::string>{"1"});
}

TEST_CASE("postgres events: who publishes behind a key waits for the one before") {
  const PostgresEventQueueOptions options = fresh_event_options();
  const auto queue = open_queue(options);
  Session first, second;
  first.run("BEGIN");
  first.run(publish(options, "'1', 'k', 'first'"));
  second.send(publish(options, "'2', 'k', 'second'"));
  first.run("COMMIT");
  second.wait();
  CHECK(ids_of(claim(*queue, claim_of(10, kOutbox))) == std::vector<std::string>{"first"});
}

TEST_CASE("postgres events: a key is refused where its order cannot be seen") {
  const PostgresEventQueueOptions options = fresh_event_options();
  const auto queue = open_queue(options);
  Session host;
  for (const char* isolation : {"REPEATABLE READ", "SERIALIZABLE"}) {
    CAPTURE(isolation);
    host.run(std::string("BEGIN ISOLATION LEVEL ") + isolation);
    host.run(publish(options, "'1'"));
    CHECK(host.state_of(publish(options, "'2', 'k'")) == "25000");
    host.run("ROLLBACK");
  }
  CHECK(count(*queue) == EventCounts{});
}

TEST_CASE("postgres events: what a host publishes is told to those who watch") {
  const PostgresEventQueueOptions options = fresh_event_options();
  const auto queue = open_queue(options);
  auto told = std::make_shared<std::promise<void>>();
  auto once = std::make_shared<std::atomic<bool>>(false);
  queue->watch([told, once](const std::vector<EventQueueName>& queues) {
    if (queues == std::vector{kOutbox} && !once->exchange(true)) told->set_value();
  });
  Session host;
  auto heard = told->get_future();
  // Until it listens.
  for (int i = 0; i < 1000; ++i) {
    host.run(publish(options, "'1'"));
    if (heard.wait_for(std::chrono::milliseconds(20)) == std::future_status::ready) break;
  }
  CHECK(once->load());
  queue->watch(nullptr);
}

}  // namespace sublet

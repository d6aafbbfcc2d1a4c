// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "unit/events/pump_bed.h"

namespace sublet::test {
namespace {

TEST_CASE("a pump: what the handler answers is done, and told") {
  PumpBed bed;
  bed.add_tenant("acme");
  const auto pump = bed.start();
  const std::string id = bed.enqueue("acme");
  bed.advance(0ms);
  CHECK(bed.runner.begun == std::vector<std::string>{id});
  REQUIRE(bed.settled.size() == 1);
  CHECK(bed.settled[0].outcome == Outcome::kOk);
  CHECK(!bed.settled[0].dead);
  const auto records = bed.records();
  REQUIRE(records.size() == 1);
  CHECK(records[0].event_id == id);
  CHECK(records[0].tenant == "acme");
  CHECK(records[0].extension_version == "1.2.3");
  CHECK(records[0].attempts == 1);
  CHECK(records[0].cpu_time == 1ms);
  CHECK(bed.counts() == EventCounts{});
  CHECK(pump->figures().done == 1);
  CHECK(pump->figures().under_way == 0);
}

TEST_CASE("a pump: what was there before it, or came without a word, is found") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.enqueue("acme");
  const auto pump = bed.start();
  CHECK(bed.runner.runs == 1);
  bed.queue->watch({});
  bed.enqueue("acme");
  CHECK(bed.runner.runs == 1);
  bed.advance(1s);
  CHECK(bed.runner.runs == 2);
}

TEST_CASE("a pump: a delay is kept, by the queue's clock") {
  PumpBed bed;
  bed.add_tenant("acme");
  const auto pump = bed.start();
  bed.enqueue("acme", [&](NewDelivery& delivery) { delivery.not_before = bed.wall() + 1h; });
  bed.advance(59min + 58s);
  CHECK(bed.runner.runs == 0);
  bed.advance(3s);
  CHECK(bed.runner.runs == 1);
}

TEST_CASE("a pump: attempts are used up, with growing waits, and the last error is kept") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.rules("acme").delivery.max_attempts = 4;
  bed.runner.answer = [](const Attempt& attempt) {
    return ScriptedRunner::ended(Outcome::kException,
                                 "no. " + std::to_string(attempt.items[0].delivery.attempts));
  };
  const auto pump = bed.start();
  bed.enqueue("acme");
  CHECK(bed.runner.runs == 1);
  REQUIRE(bed.look(false).size() == 1);
  CHECK(bed.look(false)[0].last_outcome == Outcome::kException);
  CHECK(bed.look(false)[0].error_message == "no. 1");
  bed.advance(2s);
  CHECK(bed.runner.runs == 4);
  const auto dead = bed.look(true);
  REQUIRE(dead.size() == 1);
  CHECK(dead[0].reason == "attempts_used");
  CHECK(dead[0].attempts == 4);
  CHECK(dead[0].error_message == "no. 4");
  REQUIRE(bed.settled.size() == 1);
  CHECK(bed.settled[0].dead);
  CHECK(bed.settled[0].reason == "attempts_used");
  CHECK(pump->figures().retried == 3);
}

TEST_CASE("a pump: an extension that asks for time gets it") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.runner.answer = [&](const Attempt&) {
    AttemptResult result = ScriptedRunner::ended(Outcome::kException);
    result.invocation.error->retry_after = 60s;
    return bed.runner.runs == 1 ? result : ScriptedRunner::ok();
  };
  const auto pump = bed.start();
  bed.enqueue("acme");
  bed.advance(59s);
  CHECK(bed.runner.runs == 1);
  bed.advance(2s);
  CHECK(bed.runner.runs == 2);
  CHECK(bed.counts() == EventCounts{});
}

TEST_CASE("a pump: expired ones, and those that no attempt ever ended, do not run") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.rules("acme").delivery.max_attempts = 2;
  bed.enqueue("acme", [&](NewDelivery& delivery) { delivery.expires_at = bed.wall() + 1s; });
  const std::string poison = bed.enqueue("acme");
  bed.advance(2s);
  // Two processes took it, and ended.
  for (int i = 0; i < 2; ++i) {
    EventClaim claim;
    claim.from.push_back({{"acme", "x", "e"}, 10});
    claim.lease = 100ms;
    bed.queue->claim(claim, [](auto) {});
    bed.advance(1s);
  }
  const auto pump = bed.start();
  bed.advance(1s);
  CHECK(bed.runner.runs == 0);
  REQUIRE(bed.settled.size() == 2);
  CHECK(bed.settled[0].reason == "expired");
  CHECK(bed.settled[0].outcome == Outcome::kExpired);
  CHECK(bed.settled[1].reason == "lost");
  CHECK(bed.settled[1].event_id == poison);
}

TEST_CASE("a pump: what could not begin is given back, later and later, and counts no attempt") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.rules("acme").delivery.max_attempts = 1;
  bed.runner.answer = [](const Attempt&) { return ScriptedRunner::ended(Outcome::kLoadShed); };
  const auto pump = bed.start();
  for (int i = 0; i < 50; ++i) bed.enqueue("acme");
  bed.advance(60s);
  // 16 at once at first; then at most as many after each wait, which grows to ten seconds.
  CHECK(bed.runner.runs > 50);
  CHECK(bed.runner.runs < 16 * 25);
  bed.runner.answer = nullptr;
  bed.advance(60s);
  CHECK(bed.settled.size() == 50);
  for (const DeliveryRecord& record : bed.settled) CHECK(record.attempts == 1);
  CHECK(bed.look(true).empty());
}

TEST_CASE("a pump: events of one key run one at a time and in order, through retries") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.directory.by_queue[{"acme", "x", "f"}] = bed.rules("acme");
  bed.runner.answer = [](const Attempt& attempt) {
    return attempt.items[0].delivery.attempts < 3 ? ScriptedRunner::ended(Outcome::kException)
                                                  : ScriptedRunner::ok();
  };
  const auto pump = bed.start();
  std::vector<std::string> ids;
  for (int i = 0; i < 20; ++i) {
    ids.push_back(bed.enqueue("acme", [&](NewDelivery& delivery) {
      delivery.ordering_key = "k";
      delivery.queue.event = i % 2 == 0 ? "e" : "f";
    }));
  }
  bed.advance(60s);
  REQUIRE(bed.settled.size() == 20);
  for (std::size_t i = 0; i < ids.size(); ++i) CHECK(bed.settled[i].event_id == ids[i]);
  CHECK(bed.runner.most_under_way == 1);
}

TEST_CASE("a pump: rows of the outbox become deliveries, or nobody listened") {
  PumpBed bed;
  bed.add_tenant("acme");
  const auto publisher = std::make_shared<FakePublisher>();
  publisher->listeners = {"x"};
  const auto pump = bed.make();
  pump->set_publisher(publisher);
  pump->start();
  const auto to_outbox = [](NewDelivery& delivery) { delivery.queue.extension = ""; };
  const std::string first = bed.enqueue("acme", to_outbox);
  bed.advance(0ms);
  CHECK(bed.runner.begun == std::vector<std::string>{first});
  publisher->listeners.clear();
  const std::string second = bed.enqueue("acme", to_outbox);
  bed.advance(0ms);
  CHECK(bed.runner.runs == 1);
  const auto records = bed.records();
  REQUIRE(records.size() == 2);
  CHECK(records[1].event_id == second);
  CHECK(records[1].outcome == Outcome::kHandlerNotFound);
  CHECK(!records[1].dead);
  CHECK(bed.counts() == EventCounts{});
}

TEST_CASE("a pump: what no process has is left alone for two days") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.directory.by_queue.clear();
  const auto pump = bed.start();
  bed.enqueue("acme");
  bed.advance(47h);
  CHECK(bed.counts().waiting == 1);
  bed.advance(2h);
  CHECK(bed.runner.runs == 0);
  const auto dead = bed.look(true);
  REQUIRE(dead.size() == 1);
  CHECK(dead[0].reason == "handler_not_found");
}

TEST_CASE("a pump: a batch waits for its size or its window, and items fail one by one") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.rules("acme").batch = {3, 10s};
  std::vector<std::size_t> sizes;
  std::string bad;
  bed.runner.answer = [&](const Attempt& attempt) {
    CHECK(attempt.batch);
    sizes.push_back(attempt.items.size());
    return ScriptedRunner::ok(R"({"failed":[{"id":")" + bad + R"(","retryAfter":30}]})");
  };
  const auto pump = bed.start();
  bed.advance(5s);
  bed.enqueue("acme");
  bad = bed.enqueue("acme");
  bed.advance(9s);
  CHECK(sizes.empty());
  bed.enqueue("acme");
  bed.advance(0ms);
  CHECK(sizes == std::vector<std::size_t>{3});
  CHECK(bed.settled.size() == 2);
  CHECK(pump->figures().retried == 1);
  bed.advance(29s);
  CHECK(sizes.size() == 1);
  bed.runner.answer = [&](const Attempt& attempt) {
    sizes.push_back(attempt.items.size());
    return ScriptedRunner::ok("null");
  };
  bed.advance(12s);
  CHECK(sizes == std::vector<std::size_t>{3, 1});
  CHECK(bed.settled.size() == 3);
  CHECK(bed.settled.back().event_id == bad);
}

TEST_CASE("a pump: a batch that fails as a whole fails each") {
  PumpBed bed;
  bed.add_tenant("acme");
  bed.rules("acme").batch = {10, 1s};
  bed.rules("acme").delivery.max_attempts = 1;
  bool throws = false;
  bed.runner.answer = [&](const Attempt&) {
    return throws ? ScriptedRunner::ended(Outcome::kException, "boom")
                  : ScriptedRunner::ok(R"({"failed":["unheard of"]})");
  };
  const auto pump = bed.start();
  for (int i = 0; i < 4; ++i) bed.enqueue("acme");
  bed.advance(3s);
  CHECK(bed.runner.runs == 1);
  CHECK(bed.look(true).size() == 4);
  throws = true;
  for (int i = 0; i < 4; ++i) bed.enqueue("acme");
  bed.advance(3s);
  const auto dead = bed.look(true);
  REQUIRE(dead.size() == 8);
  CHECK(dead[0].error_message == "\"failed\" names an event that is not in the batch");
  CHECK(dead[7].error_message == "boom");
}

}  // namespace
}  // namespace sublet::test

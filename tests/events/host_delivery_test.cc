// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "events/event_host.h"

namespace sublet::scenario {
namespace {

TEST_CASE("delivery: what fails is tried again, and then a dead letter that can be replayed") {
  EventHost side;
  side.start();
  side.install("acme", "a", {{"onTicket", R"(
    host.note(event.attempt);
    if (event.data.fails >= event.attempt) throw new TypeError("attempt " + event.attempt);)"}},
               {{"delivery", {{"max_attempts", 3}}}});
  side.publish(of("acme", "onTicket", {{"fails", 2}}));
  auto records = side.witness.records(1);
  CHECK(records[0].outcome == Outcome::kOk);
  CHECK(records[0].attempts == 3);

  side.publish(of("acme", "onTicket", {{"fails", 9}}));
  records = side.witness.records(2);
  CHECK(records[1].outcome == Outcome::kException);
  CHECK(records[1].dead);
  CHECK(records[1].reason == "attempts_used");
  CHECK(records[1].error_name == "TypeError");
  CHECK(records[1].error_message == "attempt 3");

  EventPeek dead;
  dead.dead = true;
  const auto letters = side.host->events().deliveries(dead);
  REQUIRE(letters);
  REQUIRE(letters->size() == 1);
  CHECK((*letters)[0].payload == R"({"fails":9})");
  CHECK((*letters)[0].error_message == "attempt 3");
  CHECK((*letters)[0].reason == "attempts_used");
  CHECK(*side.host->events().replay({}) == 1);
  records = side.witness.records(3);
  CHECK(records[2].dead);
  CHECK(records[2].attempts == 3);
  CHECK(*side.host->events().purge({}, true) == 1);
  CHECK(*side.host->events().count({}) == EventCounts{});
}

TEST_CASE("delivery: RetryError says when, CPU limits are not tried again") {
  EventHost side;
  side.options.default_policy.events.limits.cpu_time = milliseconds(100);
  side.options.default_policy.events.limits.soft_cpu_time = milliseconds(0);
  side.start();
  side.install(
      "acme", "a",
      {{"onBusy", "if (event.attempt === 1) throw new RetryError('busy', { after: 0.01 });"},
       {"onSpin", "for (;;) {}"}});
  side.publish(of("acme", "onBusy"));
  CHECK(side.witness.records(1)[0].attempts == 2);
  side.publish(of("acme", "onSpin"));
  const DeliveryRecord spin = side.witness.records(2)[1];
  CHECK(spin.outcome == Outcome::kExceededCpu);
  CHECK(spin.dead);
  CHECK(spin.reason == "not_retried");
  CHECK(spin.attempts == 1);
}

TEST_CASE("delivery: one key, one at a time, in order, whatever has to be tried again") {
  EventHost side;
  side.start();
  side.install("acme", "a", {{"onTicket", R"(
    host.note([event.data, event.attempt]);
    if (event.attempt === 1 && event.data % 3 === 0) throw new Error("again");
    await new Promise((resolve) => setTimeout(resolve, 1));)"}});
  std::vector<Publication> all;
  for (int i = 0; i < 12; ++i) {
    all.push_back(of("acme", "onTicket", i));
    all.back().ordering_key = "ticket-1";
  }
  REQUIRE(side.host->publish_many(std::move(all)));
  side.witness.records(12);
  int furthest = 0;
  for (const Json& note : side.notes(16)) {
    CHECK(note[0].get<int>() >= furthest);
    furthest = note[0];
  }
}

TEST_CASE("delivery: a batch, and what of it failed") {
  EventHost side;
  side.start();
  side.install("acme", "a", {{"onRow", R"(
    host.note(event.data.map((item) => [item.data, item.attempt]));
    return { failed: event.data.filter((item) => item.data === 3 && item.attempt < 2)
                               .map((item) => item.id) };)"}},
               {{"delivery", {{"batches", {{"onRow", {{"size", 10}, {"window_ms", 50}}}}}}}});
  std::vector<Publication> all;
  for (int i = 0; i < 5; ++i) all.push_back(of("acme", "onRow", i));
  REQUIRE(side.host->publish_many(std::move(all)));
  const auto records = side.witness.records(5);
  std::map<std::uint32_t, int> by_attempts;
  for (const DeliveryRecord& record : records) {
    CHECK(record.outcome == Outcome::kOk);
    ++by_attempts[record.attempts];
  }
  CHECK(by_attempts[1] == 4);
  CHECK(by_attempts[2] == 1);
}

TEST_CASE("delivery: one of a batch that takes too much does not take the others along") {
  EventHost side;
  side.options.default_policy.events.limits.cpu_time = milliseconds(200);
  side.options.default_policy.events.limits.soft_cpu_time = milliseconds(0);
  side.start();
  side.install("acme", "a", {{"onRow", R"(
    for (const item of event.data) while (item.data === 3) {})"}},
               {{"delivery", {{"batches", {{"onRow", {{"size", 10}, {"window_ms", 50}}}}}}}});
  std::vector<Publication> all;
  for (int i = 0; i < 5; ++i) all.push_back(of("acme", "onRow", i));
  REQUIRE(side.host->publish_many(std::move(all)));
  int dead = 0;
  for (const DeliveryRecord& record : side.witness.records(5)) {
    if (!record.dead) continue;
    ++dead;
    CHECK(record.outcome == Outcome::kExceededCpu);
  }
  CHECK(dead == 1);
}

TEST_CASE("delivery: an error with an endless name is a record like any other") {
  EventHost side;
  side.start();
  side.install("acme", "a", {{"onTicket", R"(
    const error = new Error("x".repeat(200000)); error.name = "N".repeat(200000); throw error;)"}},
               {{"delivery", {{"max_attempts", 1}}}});
  side.publish(of("acme", "onTicket"));
  const DeliveryRecord record = side.witness.records(1)[0];
  CHECK(record.dead);
  CHECK(record.reason == "attempts_used");
  CHECK(record.error_name.size() <= 256);
  CHECK(record.error_message.size() <= 4096);
}

TEST_CASE("delivery: pause, resume, deny, drain") {
  EventHost side;
  side.start();
  side.install("acme", "a", {{"onTicket", "host.note(event.data);"}});
  HostEvents& events = side.host->events();
  EventControl pause;
  pause.scope.tenant = "acme";
  REQUIRE(events.control(pause));
  side.publish(of("acme", "onTicket", 1));
  CHECK(events.count({})->waiting == 1);
  CHECK(events.controls().size() == 1);
  CHECK(*events.lift(pause.scope, EventAction::kPause));
  CHECK_FALSE(*events.lift(pause.scope, EventAction::kPause));
  CHECK(side.notes(1)[0] == 1);

  EventControl drain;
  drain.scope = {"acme", "", "onTicket"};
  drain.action = EventAction::kDrain;
  REQUIRE(events.control(drain));
  CHECK(side.publish(of("acme", "onTicket", 2)).status == PublishStatus::kDenied);
  REQUIRE(events.lift(drain.scope, EventAction::kDrain));
  CHECK(side.publish(of("acme", "onTicket", 3)).status == PublishStatus::kAccepted);
  CHECK(side.notes(2)[1] == 3);
}

TEST_CASE("delivery: an extension that keeps failing is suspended, tried, and resumed") {
  EventHost side;
  auto& breaker = side.options.default_policy.events.breaker;
  breaker.minimum_calls = 4;
  breaker.open_time = milliseconds(20);
  breaker.open_time_most = milliseconds(20);
  breaker.successes_to_close = 1;
  side.start();
  side.install("acme", "a", {{"onTicket", "if (event.attempt < 5) throw new Error('down');"}});
  side.publish(of("acme", "onTicket"));
  CHECK(side.witness.records(1)[0].attempts == 5);
  const auto changes = side.witness.suspended(3);
  CHECK(changes[0] == "a:open");
  CHECK(changes[1] == "a:half_open");
}

TEST_CASE("delivery: records are read by cursor, each once, and subscribed to") {
  EventHost side;
  side.start();
  side.install("acme", "a", {{"onTicket", ""}});
  for (int i = 0; i < 5; ++i) side.publish(of("acme", "onTicket", i));
  side.witness.records(5);
  HostEvents& events = side.host->events();
  std::string cursor;
  std::vector<std::string> ids;
  for (int page = 0; page < 10; ++page) {
    const auto read = events.records(cursor, 2);
    REQUIRE(read);
    for (const DeliveryRecord& record : read->records) ids.push_back(record.event_id);
    cursor = read->cursor;
  }
  CHECK(ids.size() == 5);
  REQUIRE(events.subscribe("billing", [&](const DeliveryRecord& record) {
    side.witness.note(Json::array({record.event_id}).dump());
  }));
  const auto notes = side.notes(5);
  for (std::size_t i = 0; i < 5; ++i) CHECK(notes[i] == ids[i]);
  CHECK(events.unsubscribe("billing"));
  CHECK_FALSE(events.unsubscribe("billing"));
}

TEST_CASE("delivery: an extension that goes leaves its events as dead letters") {
  EventHost side;
  side.start();
  side.install("acme", "a", {{"onTicket", ""}});
  EventControl pause;
  pause.scope.tenant = "acme";
  REQUIRE(side.host->events().control(pause));
  side.publish(of("acme", "onTicket"));
  REQUIRE(side.host->uninstall("acme", "a"));
  const EventCounts counts = *side.host->events().count({});
  CHECK(counts.waiting == 0);
  CHECK(counts.dead == 1);
  const auto page = side.host->events().records("");
  REQUIRE(page);
  REQUIRE(page->records.size() == 1);
  CHECK(page->records[0].outcome == Outcome::kHandlerNotFound);
}

TEST_CASE("delivery: a host that ends gives back what it had, and the next one goes on") {
  const auto queue = std::make_shared<MemoryEventQueue>();
  const std::string body =
      "host.note(event.attempt); if (event.data.wait) await new Promise(() => {"
      " setTimeout(() => {}, 100000); });";
  {
    EventHost first;
    first.options.events.queue = queue;
    first.start();
    first.install("acme", "a", {{"onTicket", body}});
    first.publish(of("acme", "onTicket", {{"wait", true}}));
    first.witness.notes(1);
    first.host->shutdown();
    const auto refused = first.host->publish(of("acme", "onTicket"));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::kFailedPrecondition);
  }
  EventHost second;
  second.options.events.queue = queue;
  second.start();
  second.install("acme", "a", {{"onTicket", "host.note(event.attempt);"}});
  CHECK(second.notes(1)[0] == 1);  // what ended with its host was no attempt
  CHECK(second.witness.records(1)[0].outcome == Outcome::kOk);
}

}  // namespace
}  // namespace sublet::scenario

// SPDX-License-Identifier: Apache-2.0
#include "events/event_host.h"

namespace sublet::scenario {
namespace {

TEST_CASE("events: what is published reaches each listener, and each delivery has one record") {
  EventHost side;
  side.start();
  side.install("acme", "a",
               {{"onTicket", "host.note({ at: 'a', data: event.data, id: event.id });"}});
  side.install("acme", "b",
               {{"onTicket", "host.note({ at: 'b', data: event.data, id: event.id });"}});
  side.install("other", "a", {{"onTicket", "host.note('never');"}});
  const PublishReceipt receipt = side.publish(of("acme", "onTicket", {{"n", 7}}));
  CHECK(receipt.status == PublishStatus::kAccepted);
  CHECK(receipt.deliveries == 2);
  const auto records = side.witness.records(2);
  std::string extensions;
  for (const DeliveryRecord& record : records) {
    CHECK(record.outcome == Outcome::kOk);
    CHECK_FALSE(record.dead);
    CHECK(record.attempts == 1);
    CHECK(record.event_id == receipt.event_id);
    CHECK(record.tenant == "acme");
    CHECK(record.extension_version == "1.0.0");
    extensions += record.extension;
  }
  CHECK((extensions == "ab" || extensions == "ba"));
  for (const Json& note : side.notes(2)) {
    CHECK(note["data"] == Json({{"n", 7}}));
    CHECK(note["id"] == receipt.event_id);
  }
  CHECK(side.witness.errors().empty());
}

TEST_CASE("events: nobody listens, and nothing is kept") {
  EventHost side;
  side.start();
  side.install("acme", "a", {{"onTicket", ""}});
  const std::uint64_t accepted = side.host->stats().invocations_accepted;
  const PublishReceipt receipt = side.publish(of("acme", "onOther"));
  CHECK(receipt.status == PublishStatus::kNobodyListens);
  CHECK(receipt.accepted());
  CHECK(*side.host->events().count({}) == EventCounts{});
  CHECK(side.host->stats().invocations_accepted == accepted);
}

TEST_CASE("events: a publication that is malformed is refused with its field, and none is taken") {
  EventHost side;
  side.start();
  side.install("acme", "a", {{"onTicket", "host.note(1);"}});
  std::vector<Publication> several = {of("acme", "onTicket"), of("ac me", "onTicket")};
  const auto refused = side.host->publish_many(several);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kInvalidArgument);
  CHECK(refused.error().message.find("publications[1]") != std::string::npos);
  several[1] = of("acme", "onTicket");
  several[1].payload = "{";
  CHECK_FALSE(side.host->publish_many(several));
  CHECK(*side.host->events().count({}) == EventCounts{});
}

TEST_CASE("events: payloads are held against the host's schema") {
  EventHost side;
  side.options.events.schemas = {
      {"onTicket",
       R"({"type":"object","required":["id"],"properties":{"id":{"type":"integer"}}})"}};
  side.start();
  side.install("acme", "a", {{"onTicket", "host.note(event.data.id);"}});
  CHECK(side.publish(of("acme", "onTicket", {{"id", 7}})).status == PublishStatus::kAccepted);
  const auto refused = side.host->publish(of("acme", "onTicket", {{"id", "x"}}));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("id") != std::string::npos);
  CHECK(side.notes(1)[0] == 7);
}

TEST_CASE("events: options that cannot be are refused by name") {
  const auto refusal = [](const std::function<void(HostEventOptions&)>& change) {
    EventHost side;
    change(side.options.events);
    const auto made = ExtensionHost::create(side.options);
    return made ? std::string("made") : made.error().message;
  };
  const auto names = [](const std::string& message, const char* what) {
    CAPTURE(message);
    CHECK(message.find(what) != std::string::npos);
  };
  names(refusal([](auto& events) { events.schemas["onTicket"] = R"({"typ":"object"})"; }),
        "HostOptions::events.schemas");
  names(refusal([](auto& events) { events.lease = milliseconds(1); }), "HostOptions::events.lease");
  names(refusal([](auto& events) { events.gone_after = milliseconds(100); }),
        "HostOptions::events.gone_after");
  names(refusal([](auto& events) { events.max_under_way = 0; }),
        "HostOptions::events.max_under_way");
}

TEST_CASE("events: what the host's own transaction wrote becomes deliveries") {
  EventHost side;
  side.start();
  NewDelivery row;
  row.queue = {"acme", "", "onTicket"};
  row.event_id = "outbox-1";
  row.payload = "7";
  EventEnqueue unit;
  unit.deliveries.push_back(row);
  side.host->event_queue()->enqueue({unit}, [](const auto&) {});
  // The extensions come one after the other, as when a process starts.
  side.install("acme", "a", {{"onTicket", "host.note(['a', event.data, event.id]);"}});
  side.install("acme", "b", {{"onTicket", "host.note(['b', event.data, event.id]);"}});
  std::string told;
  for (const Json& note : side.notes(2)) {
    told += note[0];
    CHECK(note[1] == 7);
    CHECK(note[2] == "outbox-1");
  }
  CHECK((told == "ab" || told == "ba"));
}

TEST_CASE("events: without a queue, publishing says so") {
  EventHost side;
  side.options.events.queue = nullptr;
  side.start();
  side.install("acme", "a", {{"onTicket", "await events.publish('onTicket');"}});
  const auto refused = side.host->publish(of("acme", "onTicket"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kFailedPrecondition);
  const auto result = side.host->invoke({.tenant = "acme", .event = "onTicket"});
  REQUIRE(result);
  CHECK(result->outcome == Outcome::kException);
}

TEST_CASE("events: what tenant code publishes carries its causes, and loops end") {
  EventHost side;
  side.options.default_policy.events.max_depth = 4;
  side.start();
  side.install("acme", "a", {{"onPing", R"(
    host.note(event.data);
    try { await events.publish("onPing", event.data + 1); }
    catch (error) { host.note(error.code); })"}});
  side.publish(of("acme", "onPing", 1));
  // Four events, the last of which may lead to none.
  const auto notes = side.notes(5);
  CHECK(notes.back() == "too_deep");
  CHECK(notes.front() == 1);
  // The last one that was delivered is as deep as it may be.
  CHECK(side.witness.records(notes.size() - 1).size() == notes.size() - 1);
}

TEST_CASE("events: a call of publish from a completion is refused, and publish_async is not") {
  EventHost side;
  side.start();
  side.install("acme", "a", {{"onTicket", "host.note(event.data);"}});
  const auto begun = side.host->invoke_async(
      {.tenant = "acme", .event = "onTicket", .payload = "1"}, [&](const InvocationResult&) {
        const auto refused = side.host->publish(of("acme", "onTicket", 2));
        side.witness.note(refused ? "[\"published\"]" : "[\"refused\"]");
        (void)side.host->publish_async({of("acme", "onTicket", 3)}, [](const auto&) {});
      });
  REQUIRE(begun);
  const auto notes = side.notes(3);
  CHECK(notes[0] == 1);
  CHECK(notes[1] == "refused");
  CHECK(notes[2] == 3);
}

}  // namespace
}  // namespace sublet::scenario

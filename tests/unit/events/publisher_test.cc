// SPDX-License-Identifier: Apache-2.0
#include "events/publisher.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "unit/events/publisher_bed.h"

namespace sublet::events {
namespace {

using namespace std::chrono_literals;
using test::PublisherBed;

PublishedBy extension(std::string name, std::vector<std::string> causes) {
  return {Source::kExtension, std::move(name), std::move(causes)};
}

}  // namespace

TEST_CASE("publish: each extension that listens gets its own delivery") {
  PublisherBed bed;
  Publication publication = PublisherBed::publication("onTicket", R"({"n":1})");
  publication.ordering_key = "k";
  publication.not_before = bed.now() + 1min;
  publication.expires_at = bed.now() + 1h;
  publication.trace_parent = "00-trace";
  publication.trace_state = std::string(513, 'a');  // too long: it goes nowhere
  const PublishReceipt receipt = bed.publish_one(publication);
  CHECK(receipt.status == PublishStatus::kAccepted);
  CHECK(receipt.deliveries == 2);
  CHECK(receipt.message.empty());
  const auto waiting = bed.waiting();
  REQUIRE(waiting.size() == 2);
  CHECK(waiting[0].queue == EventQueueName{"acme", "crm", "onTicket"});
  CHECK(waiting[1].queue == EventQueueName{"acme", "mail", "onTicket"});
  CHECK(bed.told == std::vector{waiting[0].queue, waiting[1].queue});
  for (const EventDelivery& delivery : waiting) {
    CHECK(delivery.event_id == receipt.event_id);
    CHECK(delivery.payload == R"({"n":1})");
    CHECK(delivery.ordering_key == "k");
    CHECK(delivery.due_at == bed.now() + 1min);
    CHECK(delivery.expires_at == bed.now() + 1h);
    const Envelope envelope = read_envelope(delivery.envelope, {});
    CHECK(envelope.source == Source::kHost);
    CHECK(envelope.published_at == bed.now());
    CHECK(envelope.not_before == bed.now() + 1min);
    CHECK(envelope.trace_parent == "00-trace");
    CHECK(envelope.trace_state.empty());
    CHECK(envelope.causes.empty());
  }
}

TEST_CASE("publish: for one extension, and with an id of the host's") {
  PublisherBed bed;
  Publication publication = PublisherBed::publication();
  publication.extension = "mail";
  publication.id = "ticket-7";
  const PublishReceipt receipt = bed.publish_one(publication);
  CHECK(receipt.deliveries == 1);
  CHECK(receipt.event_id == "ticket-7");
  REQUIRE(bed.waiting().size() == 1);
  CHECK(bed.waiting()[0].queue.extension == "mail");
  publication.extension = "other";
  CHECK(bed.status(publication) == PublishStatus::kNobodyListens);
}

TEST_CASE("publish: what nobody listens to is not written") {
  PublisherBed bed;
  const PublishReceipt receipt = bed.publish_one(PublisherBed::publication("onElse"));
  CHECK(receipt.status == PublishStatus::kNobodyListens);
  CHECK(receipt.accepted());
  CHECK_FALSE(receipt.event_id.empty());
  CHECK(bed.queue->calls["enqueue"] == 0);
  CHECK(bed.told.empty());
  const auto none = bed.publish({});
  REQUIRE(none);
  CHECK(none->empty());
}

TEST_CASE("publish: of a tenant that is not known here it is written for others to hand on") {
  PublisherBed bed;
  Publication publication = PublisherBed::publication();
  publication.tenant = "far";
  CHECK(bed.status(publication) == PublishStatus::kAccepted);
  publication.extension = "crm";
  CHECK(bed.status(publication) == PublishStatus::kAccepted);
  const auto waiting = bed.waiting();
  REQUIRE(waiting.size() == 2);
  CHECK(waiting[0].queue == EventQueueName{"far", "", "onTicket"});
  CHECK(waiting[1].queue == EventQueueName{"far", "crm", "onTicket"});

  // A process that knows the tenant.
  bed.directory.listening[{"far", "onTicket"}] = {"a", "b"};
  Envelope envelope = read_envelope(waiting[0].envelope, {});
  const auto deliveries = bed.publisher->fan_out(waiting[0], envelope);
  REQUIRE(deliveries.size() == 2);
  CHECK(deliveries[1].queue == EventQueueName{"far", "b", "onTicket"});
  CHECK(deliveries[1].event_id == waiting[0].event_id);
  CHECK(deliveries[1].payload == "{}");
  CHECK(read_envelope(deliveries[1].envelope, {}) == envelope);
}

TEST_CASE("publish: the first one that is malformed is named, and nothing is done") {
  PublisherBed bed;
  bed.policy().limits.payload = Bytes{100};
  bed.policy().limits.payload_depth = 3;
  const auto with = [&](const std::function<void(Publication&)>& change) {
    Publication publication = PublisherBed::publication();
    change(publication);
    return bed.refusal(publication);
  };
  CHECK(with([](auto& p) { p.tenant = "a b"; }).starts_with("publications[1].tenant \"a b\""));
  CHECK(with([](auto& p) { p.event = ""; }).starts_with("publications[1].event"));
  CHECK(with([](auto& p) { p.extension = "A"; }).starts_with("publications[1].extension"));
  CHECK(with([](auto& p) { p.id = std::string(129, 'a'); }) ==
        "publications[1].id has more than 128 bytes");
  CHECK(with([](auto& p) { p.id = "a\n"; }).starts_with("publications[1].id"));
  CHECK(with([](auto& p) { p.payload = std::string(101, ' '); }) ==
        "publications[1].payload has 101 bytes; at most 100");
  CHECK(with([](auto& p) { p.payload = "[[[[]]]]"; }) ==
        "publications[1].payload is nested deeper than 3 at byte 3");
  CHECK(with([](auto& p) { p.payload = "{]"; }) == "publications[1].payload is not JSON at byte 1");
  CHECK(with([](auto& p) { p.payload = "\"\xff\""; }) ==
        "publications[1].payload is not UTF-8 at byte 1");
  CHECK(with([](auto& p) { p.ordering_key = std::string(257, 'a'); }) ==
        "publications[1].ordering_key has more than 256 bytes");
  CHECK(with([](auto& p) { p.idempotency_key = std::string(257, 'a'); }) ==
        "publications[1].idempotency_key has more than 256 bytes");
  CHECK(with([](auto& p) {
          p.idempotency_key = "a";
          p.idempotency_window = 999ms;
        }) == "publications[1].idempotency_window must be between 1 s and 30 days");
  CHECK(with([&](auto& p) { p.not_before = bed.now() + 401 * 24h; }) ==
        "publications[1].not_before is more than 400 days from now");
  bed.policy().limits.dry_run = Limit::kPayload | Limit::kPayloadDepth;
  Publication large = PublisherBed::publication("onNote", "[[[[" + std::string(200, ' ') + "]]]]");
  CHECK(bed.status(large) == PublishStatus::kAccepted);
  large.payload = std::string(EventQueue::kMaxPayloadBytes + 1, ' ');
  CHECK_FALSE(bed.publish({large}));
}

TEST_CASE("publish: a payload is held against the schema of its event") {
  PublisherBed bed;
  auto schemas = PayloadSchemas::compile(
      {{"onTicket", R"({"type":"object","properties":{"id":{"type":"string"}}})"}});
  REQUIRE(schemas);
  bed.make(*schemas);
  CHECK(bed.refusal(PublisherBed::publication("onTicket", R"({"id":7})")) ==
        "publications[1].payload: data.id must be a string");
  CHECK(bed.refusal(PublisherBed::publication("onTicket", "")) ==
        "publications[1].payload: data must be an object");
  CHECK(bed.status(PublisherBed::publication("onNote", R"({"id":7})")) == PublishStatus::kAccepted);
  const auto wrong = PayloadSchemas::compile({{"onNote", R"({"typ":"object"})"}});
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message == "schema of \"onNote\", #/typ: is not supported");
}

TEST_CASE("publish: an idempotency key is of its publisher, and holds for its window") {
  PublisherBed bed;
  Publication publication = PublisherBed::publication("onNote");
  publication.idempotency_key = "k";
  publication.idempotency_window = 10s;
  const PublishReceipt first = bed.publish_one(publication);
  const PublishReceipt second = bed.publish_one(publication);
  CHECK(second.status == PublishStatus::kDuplicate);
  CHECK(second.event_id == first.event_id);
  CHECK(second.accepted());
  CHECK(second.deliveries == 0);
  CHECK(bed.told.size() == 1);
  CHECK(bed.status(publication, extension("crm", {"e"})) == PublishStatus::kAccepted);
  CHECK(bed.status(publication, extension("mail", {"e"})) == PublishStatus::kAccepted);
  CHECK(bed.status(publication, {Source::kWebhook, "", {}}) == PublishStatus::kAccepted);
  CHECK(bed.status(publication, extension("mail", {"e"})) == PublishStatus::kDuplicate);
  Publication pretended = publication;
  pretended.idempotency_key = "extension/crm/k";
  CHECK(bed.status(pretended) == PublishStatus::kAccepted);
  bed.timers.advance(10s);
  CHECK(bed.status(publication) == PublishStatus::kAccepted);
}

TEST_CASE("publish: controls refuse, for some that listen or for all; a pause does not") {
  PublisherBed bed;
  bed.control(EventAction::kPause, {});
  bed.control(EventAction::kDeny, {"acme", "mail", ""});
  PublishReceipt receipt = bed.publish_one(PublisherBed::publication());
  CHECK(receipt.status == PublishStatus::kAccepted);
  CHECK(receipt.deliveries == 1);
  bed.control(EventAction::kDrain, {"acme", "", "onTicket"});
  receipt = bed.publish_one(PublisherBed::publication());
  CHECK(receipt.status == PublishStatus::kDenied);
  CHECK(receipt.message == "the event is denied: because");
  CHECK_FALSE(receipt.accepted());
  CHECK(bed.status(PublisherBed::publication("onNote")) == PublishStatus::kAccepted);
  CHECK(bed.waiting().size() == 2);
  Publication far = PublisherBed::publication();
  far.tenant = "far";
  bed.control(EventAction::kDeny, {"far", "", ""});
  CHECK(bed.status(far) == PublishStatus::kDenied);
}

TEST_CASE("publish: no more than the tenant's rate") {
  PublisherBed bed;
  bed.policy().publish_rate = {10, 1s, 2};
  CHECK(bed.status(PublisherBed::publication()) == PublishStatus::kAccepted);
  CHECK(bed.status(PublisherBed::publication("onElse")) == PublishStatus::kNobodyListens);
  CHECK(bed.status(PublisherBed::publication(), extension("crm", {"e"})) ==
        PublishStatus::kAccepted);
  const PublishReceipt receipt = bed.publish_one(PublisherBed::publication());
  CHECK(receipt.status == PublishStatus::kThrottled);
  CHECK(receipt.retry_after == 100ms);
  bed.timers.advance(100ms);
  CHECK(bed.status(PublisherBed::publication()) == PublishStatus::kAccepted);
}

TEST_CASE("publish: an extension that answers what it caused comes to an end") {
  PublisherBed bed;
  bed.policy().max_depth = 3;
  CHECK(bed.status(PublisherBed::publication(), extension("crm", {"a", "b"})) ==
        PublishStatus::kAccepted);
  const Envelope envelope = read_envelope(bed.waiting()[0].envelope, {});
  CHECK(envelope.source == Source::kExtension);
  CHECK(envelope.publisher == "crm");
  CHECK(envelope.causes == std::vector<std::string>{"a", "b"});
  CHECK(bed.status(PublisherBed::publication(), extension("crm", {"a", "b", "c"})) ==
        PublishStatus::kTooDeep);
}

TEST_CASE("publish: an event leads to so many others, and is forgotten after an hour") {
  PublisherBed bed;
  bed.policy().max_caused = 3;
  for (int i = 0; i < 3; ++i) {
    CHECK(bed.status(PublisherBed::publication(), extension("crm", {"root", std::to_string(i)})) ==
          PublishStatus::kAccepted);
  }
  CHECK(bed.status(PublisherBed::publication(), extension("mail", {"root"})) ==
        PublishStatus::kTooMany);
  CHECK(bed.status(PublisherBed::publication(), extension("crm", {"other"})) ==
        PublishStatus::kAccepted);
  CHECK(bed.status(PublisherBed::publication()) == PublishStatus::kAccepted);
  bed.timers.advance(1h);
  CHECK(bed.status(PublisherBed::publication(), extension("crm", {"root"})) ==
        PublishStatus::kTooMany);
  bed.timers.advance(1h + 1s);
  CHECK(bed.status(PublisherBed::publication(), extension("crm", {"root"})) ==
        PublishStatus::kAccepted);
}

}  // namespace sublet::events

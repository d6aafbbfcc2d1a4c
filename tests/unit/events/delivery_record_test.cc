// SPDX-License-Identifier: Apache-2.0
#include "events/delivery_record.h"

#include <doctest/doctest.h>

#include "events/attempt_note.h"
#include "events/delivery_info.h"
#include "events/envelope.h"

namespace sublet::events {
namespace {

EventTime at(std::int64_t milliseconds) {
  return EventTime(std::chrono::milliseconds(milliseconds));
}

DeliveryRecord full_record() {
  DeliveryRecord record;
  record.tenant = "acme";
  record.extension = "jira";
  record.event = "issue.created";
  record.event_id = "id \"7\"";
  record.delivery = 1'234'567'890'123;
  record.outcome = Outcome::kExceededCpu;
  record.dead = true;
  record.reason = "not_retried";
  record.attempts = 3;
  record.error_name = "exceeded_cpu";
  record.error_message = "too long";
  record.extension_version = "1.0.0";
  record.published_at = at(1'700'000'000'001);
  record.settled_at = at(1'700'000'000'002);
  record.cpu_time = std::chrono::nanoseconds(50'000'001);
  record.wall_time = std::chrono::nanoseconds(60'000'001);
  return record;
}

TEST_CASE("a record: what was written is read, with its cursor") {
  const DeliveryRecord record = full_record();
  const DeliveryRecord read = read_record({"c7", "acme", to_text(record), at(9)});
  CHECK(read.cursor == "c7");
  CHECK(to_text(read) == to_text(record));
  CHECK(read.tenant == "acme");
  CHECK(read.event_id == record.event_id);
  CHECK(read.delivery == record.delivery);
  CHECK(read.outcome == Outcome::kExceededCpu);
  CHECK(read.dead);
  CHECK(read.settled_at == record.settled_at);
  CHECK(read.cpu_time == record.cpu_time);
}

TEST_CASE("a record: one that cannot be read is one all the same") {
  for (const char* text : {"", "{", "[1]", "{}", R"({"outcome":7})"}) {
    CAPTURE(text);
    const DeliveryRecord read = read_record({"c7", "acme", text, at(9)});
    CHECK(read.cursor == "c7");
    CHECK(read.tenant == "acme");
    CHECK(read.outcome == Outcome::kInternalError);
    CHECK(read.settled_at == at(9));
  }
}

TEST_CASE("a record and a note keep within a queue's bounds, and are UTF-8 whatever was thrown") {
  DeliveryRecord record = full_record();
  record.error_message = std::string(1'000'000, '\x01');
  CHECK(to_text(record).size() < EventQueue::kMaxNoteBytes);
  AttemptNote note{Outcome::kException, std::string(100'000, 'n'), std::string(100'000, '\xff')};
  CHECK(to_text(note).size() < EventQueue::kMaxNoteBytes);
  CHECK(read_note(to_text(note))->outcome == Outcome::kException);
}

TEST_CASE("outcomes have names that are read again") {
  for (int i = 0; i <= static_cast<int>(Outcome::kInternalError); ++i) {
    const auto outcome = static_cast<Outcome>(i);
    CHECK(outcome_named(to_string(outcome)) == outcome);
  }
  CHECK(!outcome_named("unheard_of"));
}

TEST_CASE("a delivery as hosts see it") {
  EventDelivery delivery;
  delivery.id = 7;
  delivery.state = EventDelivery::State::kDead;
  delivery.queue = {"acme", "jira", "e"};
  delivery.enqueued_at = at(5);
  delivery.attempts = 2;
  delivery.reason = "attempts_used";
  Envelope envelope;
  envelope.published_at = at(4);
  delivery.envelope = to_text(envelope);
  delivery.note = to_text(AttemptNote{Outcome::kException, "TypeError", "x is undefined"});
  const DeliveryInfo info = to_info(delivery);
  CHECK(info.published_at == at(4));
  CHECK(info.last_outcome == Outcome::kException);
  CHECK(info.error_name == "TypeError");
  CHECK(info.error_message == "x is undefined");
  delivery.note.clear();
  CHECK(!to_info(delivery).last_outcome);
}

}  // namespace
}  // namespace sublet::events

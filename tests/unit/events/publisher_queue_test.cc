// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "events/publisher.h"
#include "unit/events/publisher_bed.h"

namespace sublet::events {
namespace {

using namespace std::chrono_literals;
using test::Answer;
using test::PublisherBed;

std::vector<Publication> notes(std::size_t count) {
  std::vector<Publication> made;
  for (std::size_t i = 0; i < count; ++i) {
    made.push_back(PublisherBed::publication("onNote", std::to_string(i)));
  }
  return made;
}

EventRecordWrite schedule_write(std::optional<std::uint64_t> expected) {
  EventRecordWrite write;
  write.kind = "schedule";
  write.tenant = "acme";
  write.name = "s";
  write.data = "{}";
  write.expected = expected;
  return write;
}

Result<bool> fire(PublisherBed& bed, Publication publication, std::uint64_t expected) {
  Answer<bool> answer;
  bed.publisher->fire(std::move(publication), {schedule_write(expected)}, answer.callback());
  REQUIRE(answer.came());
  return answer.result();
}

std::size_t schedules(PublisherBed& bed) {
  Answer<std::vector<EventRecord>> answer;
  bed.queue->inner().read_records("schedule", "acme", "", 10, answer.callback());
  return answer.result()->size();
}

}  // namespace

TEST_CASE("publish: backpressure by what is counted and what was added since") {
  PublisherBed bed;
  bed.policy().max_queued = 3;
  CHECK(bed.status(PublisherBed::publication()) == PublishStatus::kAccepted);  // two deliveries
  CHECK(bed.status(PublisherBed::publication("onNote")) == PublishStatus::kAccepted);
  const PublishReceipt receipt = bed.publish_one(PublisherBed::publication("onNote"));
  CHECK(receipt.status == PublishStatus::kTooManyQueued);
  CHECK(receipt.retry_after == 1s);
  CHECK(bed.queue->calls["count"] == 1);
  // Some are done elsewhere; this is seen at the next count.
  Answer<std::uint64_t> purged;
  EventFilter all;
  all.tenant = "acme";
  bed.queue->inner().purge(all, false, 2, purged.callback());
  CHECK(bed.status(PublisherBed::publication("onNote")) == PublishStatus::kTooManyQueued);
  bed.timers.advance(1s);
  bed.publish_one(PublisherBed::publication("onNote"));
  CHECK(bed.queue->calls["count"] == 2);
  CHECK(bed.status(PublisherBed::publication("onNote")) == PublishStatus::kAccepted);
  CHECK(bed.status(PublisherBed::publication("onNote")) == PublishStatus::kAccepted);
  CHECK(bed.status(PublisherBed::publication("onNote")) == PublishStatus::kTooManyQueued);
}

TEST_CASE("publish: counting that takes long is done less often, and one at a time") {
  PublisherBed bed;
  bed.queue->holds = [](const std::string& call) { return call == "count"; };
  bed.publish_one(PublisherBed::publication("onNote"));
  bed.timers.advance(2s);
  bed.publish_one(PublisherBed::publication("onNote"));
  CHECK(bed.queue->calls["count"] == 1);
  bed.queue->release();
  bed.timers.advance(39s);
  bed.publish_one(PublisherBed::publication("onNote"));
  CHECK(bed.queue->calls["count"] == 1);
  bed.timers.advance(1s);
  bed.publish_one(PublisherBed::publication("onNote"));
  CHECK(bed.queue->calls["count"] == 2);
}

TEST_CASE("publish: many go to the queue in several calls, one after the other") {
  PublisherBed bed;
  bed.queue->holds = [](const std::string& call) { return call == "enqueue"; };
  Answer<std::vector<PublishReceipt>> answer;
  bed.publisher->publish(notes(2500), {}, answer.callback());
  for (int i = 1; i <= 3; ++i) {
    CHECK(bed.queue->calls["enqueue"] == i);
    CHECK_FALSE(answer.came());
    bed.queue->release();
  }
  REQUIRE(answer.came());
  REQUIRE(answer.result());
  CHECK(bed.queue->enqueued == std::vector<std::size_t>{1000, 1000, 500});
  CHECK(answer.result()->size() == 2500);
  for (const PublishReceipt& receipt : *answer.result()) CHECK(receipt.accepted());
  const auto waiting = bed.waiting();
  for (std::size_t i = 0; i < waiting.size(); ++i) CHECK(waiting[i].payload == std::to_string(i));
}

TEST_CASE("publish: what comes after a failure is not tried, and is not counted") {
  PublisherBed bed;
  bed.policy().max_queued = 2500;
  bed.queue->fault = [&](const std::string& call) -> std::optional<Error> {
    if (call != "enqueue" || bed.queue->calls["enqueue"] != 2) return std::nullopt;
    return Error{ErrorCode::kUnavailable, "it is away"};
  };
  const auto receipts = bed.publish(notes(2500));
  REQUIRE(receipts);
  for (std::size_t i = 0; i < 2500; ++i) {
    const PublishReceipt& receipt = (*receipts)[i];
    CHECK(receipt.status == (i < 1000 ? PublishStatus::kAccepted : PublishStatus::kUnavailable));
    CHECK(receipt.message == (i < 1000 ? "" : "it is away"));
  }
  CHECK(bed.queue->calls["enqueue"] == 2);
  CHECK(bed.faults.empty());
  const auto again = bed.publish(notes(1500));
  REQUIRE(again);
  for (const PublishReceipt& receipt : *again) CHECK(receipt.status == PublishStatus::kAccepted);
}

TEST_CASE("publish: what a queue answers") {
  PublisherBed bed;
  Error error;
  bed.queue->fault = [&](const std::string& call) {
    return call == "enqueue" ? std::optional(error) : std::nullopt;
  };
  error = {ErrorCode::kResourceExhausted, "it is full"};
  CHECK(bed.status(PublisherBed::publication()) == PublishStatus::kTooManyQueued);
  error = {ErrorCode::kIndeterminate, "it went away"};
  PublishReceipt receipt = bed.publish_one(PublisherBed::publication());
  CHECK(receipt.status == PublishStatus::kUnavailable);
  CHECK(receipt.message == "the queue did not say whether it took it: it went away");
  CHECK(bed.faults.empty());
  error = {ErrorCode::kInvalidArgument, "tenant is odd"};
  CHECK(bed.status(PublisherBed::publication()) == PublishStatus::kUnavailable);
  CHECK(bed.faults == std::vector<std::string>{"publish: tenant is odd"});
  CHECK(bed.told.empty());
}

TEST_CASE("publish: a publisher that is let go answers all the same") {
  PublisherBed bed;
  bed.queue->holds = [](const std::string& call) { return call == "enqueue"; };
  Answer<std::vector<PublishReceipt>> answer;
  bed.publisher->publish(notes(1), {}, answer.callback());
  bed.publisher.reset();
  bed.queue->release();
  CHECK(answer.came());
}

TEST_CASE("fire: the event and the record together, and only once") {
  PublisherBed bed;
  CHECK(fire(bed, PublisherBed::publication("onNote"), 0).value_or(false));
  REQUIRE(bed.waiting().size() == 1);
  CHECK(read_envelope(bed.waiting()[0].envelope, {}).source == Source::kSchedule);
  CHECK(bed.told.size() == 1);
  const Result<bool> second = fire(bed, PublisherBed::publication("onNote"), 0);
  REQUIRE(second);
  CHECK_FALSE(*second);
  CHECK(bed.waiting().size() == 1);
  CHECK(bed.told.size() == 1);
}

TEST_CASE("fire: where nobody gets it the firing is over; where it may come later it is not") {
  PublisherBed bed;
  bed.control(EventAction::kDrain, {"acme", "", ""});
  CHECK(fire(bed, PublisherBed::publication("onNote"), 0).value_or(false));
  CHECK(bed.waiting().empty());
  CHECK(schedules(bed) == 1);
  PublisherBed full;
  full.policy().max_queued = 1;
  CHECK(fire(full, PublisherBed::publication("onElse"), 0).value_or(false));
  const Result<bool> later = fire(full, PublisherBed::publication("onTicket"), 1);
  REQUIRE_FALSE(later);
  CHECK(later.error().code == ErrorCode::kUnavailable);
  const Result<bool> malformed = fire(full, PublisherBed::publication("onNote", "{"), 1);
  REQUIRE_FALSE(malformed);
  CHECK(malformed.error().message == "publication.payload is not JSON at byte 1");
  full.queue->fault = [](const std::string&) { return Error{ErrorCode::kUnavailable, "away"}; };
  CHECK_FALSE(fire(full, PublisherBed::publication("onNote"), 1));
}

}  // namespace sublet::events

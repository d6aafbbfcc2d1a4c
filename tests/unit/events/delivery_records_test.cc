// SPDX-License-Identifier: Apache-2.0
#include "events/delivery_records.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include "events/delivery_record.h"
#include "unit/events/event_bed.h"

namespace sublet::events {
namespace {

using namespace std::chrono_literals;
using test::Answer;
using test::EventBed;

// Settles one delivery of this event id, as a pump does.
void settle(EventBed& bed, const std::string& event_id) {
  const EventQueueName queue{"acme", "crm", "onNote"};
  EventEnqueue unit;
  unit.deliveries.emplace_back();
  unit.deliveries[0].queue = queue;
  unit.deliveries[0].event_id = event_id;
  Answer<std::vector<EventEnqueued>> enqueued;
  bed.queue->inner().enqueue({unit}, enqueued.callback());
  EventClaim claim;
  claim.from.push_back({queue, 1});
  Answer<std::vector<EventDelivery>> claimed;
  bed.queue->inner().claim(claim, claimed.callback());
  REQUIRE(claimed.result()->size() == 1);
  const EventDelivery& delivery = claimed.result()->front();
  DeliveryRecord record;
  record.event_id = event_id;
  record.outcome = Outcome::kOk;
  EventSettlement settlement;
  settlement.lease = {delivery.id, delivery.fence};
  settlement.completion = to_text(record);
  Answer<std::vector<bool>> settled;
  bed.queue->inner().settle({settlement}, settled.callback());
  REQUIRE(settled.result());
}

void settle_numbers(EventBed& bed, int from, int to) {
  for (int i = from; i < to; ++i) settle(bed, std::to_string(i));
}

std::vector<std::string> numbers(int from, int to) {
  std::vector<std::string> made;
  for (int i = from; i < to; ++i) made.push_back(std::to_string(i));
  return made;
}

// One process with a subscription "audit".
struct Process {
  Process(EventBed& bed, const std::string& member, const DeliveryRecordOptions& options = {})
      : records(DeliveryRecords::create(bed.setup(member), options)) {
    records->start();
    subscribed =
        records
            ->subscribe("audit",
                        [this](const DeliveryRecord& record) { told.push_back(record.event_id); })
            .has_value();
  }
  ~Process() { records->stop(); }

  std::shared_ptr<DeliveryRecords> records;
  std::vector<std::string> told;
  bool subscribed = false;
};

}  // namespace

TEST_CASE("delivery records: pages by cursor") {
  EventBed bed;
  const auto records = DeliveryRecords::create(bed.setup(), {});
  settle_numbers(bed, 0, 5);
  std::vector<std::string> found;
  std::string cursor;
  for (int i = 0; i < 4; ++i) {
    Answer<DeliveryRecordPage> answer;
    records->page(cursor, 2, answer.callback());
    REQUIRE(answer.came());
    REQUIRE(answer.result());
    for (const DeliveryRecord& record : answer.result()->records) {
      CHECK(record.tenant == "acme");
      CHECK(record.outcome == Outcome::kOk);
      found.push_back(record.event_id);
    }
    cursor = answer.result()->cursor;
  }
  CHECK(found == numbers(0, 5));
  Answer<DeliveryRecordPage> wrong;
  records->page("", 0, wrong.callback());
  CHECK_FALSE(wrong.result());
}

TEST_CASE("delivery records: a subscription is told in order, and goes on where it was") {
  EventBed bed;
  settle_numbers(bed, 0, 250);
  {
    Process process(bed, "a");
    CHECK(process.subscribed);
    bed.timers.advance(0ns);
    CHECK(process.told == numbers(0, 250));
    settle_numbers(bed, 250, 251);
    process.records->wake();
    CHECK(process.told == numbers(0, 251));
    CHECK_FALSE(process.records->subscribe("audit", [](const DeliveryRecord&) {}));
    CHECK_FALSE(process.records->subscribe("a b", [](const DeliveryRecord&) {}));
    settle_numbers(bed, 251, 252);
    bed.timers.advance(1s);
    CHECK(process.told == numbers(0, 252));
    CHECK(process.records->unsubscribe("audit"));
    CHECK_FALSE(process.records->unsubscribe("audit"));
    settle_numbers(bed, 252, 253);
    bed.timers.advance(2s);
    CHECK(process.told.size() == 252);
  }
  Process next(bed, "b");
  CHECK(next.told == numbers(252, 253));
}

TEST_CASE("delivery records: of several processes one is told; when it is gone another one") {
  EventBed bed;
  Process second(bed, "second");
  auto first = std::make_unique<Process>(bed, "first");
  settle_numbers(bed, 0, 3);
  bed.timers.advance(5s);
  CHECK(second.told == numbers(0, 3));
  CHECK(first->told.empty());
  second.records->stop();
  settle_numbers(bed, 3, 5);
  bed.timers.advance(1s);
  CHECK(first->told == numbers(3, 5));  // given back, not waited for

  // One that dies gives nothing back.
  bed.queue->fault = [](const std::string& call) -> std::optional<Error> {
    if (call != "write_records") return std::nullopt;
    return Error{ErrorCode::kUnavailable, "away"};
  };
  first.reset();
  bed.queue->fault = nullptr;
  Process third(bed, "third");
  settle_numbers(bed, 5, 6);
  bed.timers.advance(2s);
  CHECK(third.told.empty());
  bed.timers.advance(10s);
  CHECK(third.told == numbers(5, 6));
}

TEST_CASE("delivery records: the lease is renewed while nothing happens") {
  EventBed bed;
  Process first(bed, "first"), second(bed, "second");
  bed.timers.advance(10min);
  settle_numbers(bed, 0, 1);
  bed.timers.advance(1s);
  CHECK(first.told == numbers(0, 1));
  CHECK(second.told.empty());
}

TEST_CASE("delivery records: who slept past its lease tells nothing that another one tells") {
  EventBed bed;
  Process first(bed, "first");
  settle_numbers(bed, 0, 2);
  bed.queue->holds = [](const std::string& call) { return call == "completions"; };
  first.records->wake();
  bed.queue->holds = nullptr;
  bed.clock.advance(1min);  // its page is on the way
  Process second(bed, "second");
  CHECK(second.told == numbers(0, 2));
  bed.queue->release();
  CHECK(first.told.empty());
  settle_numbers(bed, 2, 3);
  bed.timers.advance(1s);
  CHECK(first.told.empty());
  CHECK(second.told == numbers(0, 3));
}

TEST_CASE("delivery records: while the queue is away nothing is told twice") {
  EventBed bed;
  Process process(bed, "a");
  settle_numbers(bed, 0, 3);
  bed.queue->fault = [](const std::string& call) -> std::optional<Error> {
    if (call != "write_records") return std::nullopt;
    return Error{ErrorCode::kUnavailable, "away"};
  };
  bed.timers.advance(3s);
  CHECK(process.told == numbers(0, 3));
  bed.queue->fault = nullptr;
  settle_numbers(bed, 3, 4);
  bed.timers.advance(3s);
  CHECK(process.told == numbers(0, 4));
}

TEST_CASE("delivery records: a callback that throws stops nothing") {
  EventBed bed;
  settle_numbers(bed, 0, 2);
  const auto records = DeliveryRecords::create(bed.setup(), {});
  records->start();
  int told = 0;
  REQUIRE(records->subscribe("audit", [&](const DeliveryRecord&) {
    ++told;
    throw 1;
  }));
  CHECK(told == 2);
  CHECK(bed.faults.size() == 2);
  records->stop();
}

TEST_CASE("delivery records: the old ones are forgotten, each hour") {
  EventBed bed;
  const auto left = [&] {
    Answer<EventCompletionPage> answer;
    bed.queue->inner().completions("", 1000, answer.callback());
    return answer.result()->completions.size();
  };
  settle_numbers(bed, 0, 2);
  const auto records = DeliveryRecords::create(bed.setup(), {});
  records->start();
  bed.timers.advance(6 * 24h);
  settle_numbers(bed, 2, 3);
  CHECK(left() == 3);
  bed.timers.advance(25h);
  CHECK(left() == 1);
  records->stop();
  bed.timers.advance(30 * 24h);
  CHECK(left() == 1);
  CHECK(bed.timers.waiting() == 0);
}

}  // namespace sublet::events

// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "testing/event_queue_trial.h"

// The calls of a trial that are waited for.
namespace sublet::testing::conformance {

EventEnqueued EventTrial::enqueue_unit(EventEnqueue unit) {
  std::vector<EventEnqueue> units;
  units.push_back(std::move(unit));
  std::vector<EventEnqueued> answers = value(start_enqueue(std::move(units)));
  expect(answers.size() == 1, "an enqueue of one unit answers one place");
  return std::move(answers[0]);
}

std::vector<std::uint64_t> EventTrial::enqueue(std::vector<NewDelivery> deliveries) {
  std::vector<EventEnqueue> units;
  for (NewDelivery& delivery : deliveries) {
    units.emplace_back().deliveries.push_back(std::move(delivery));
  }
  std::vector<std::uint64_t> ids;
  for (const EventEnqueued& answer : value(start_enqueue(std::move(units)))) {
    expect_equal("the status of an enqueue", answer.status, EventStatus::kEnqueued);
    expect(answer.ids.size() == 1, "an enqueue tells the id of each delivery");
    ids.push_back(answer.ids[0]);
  }
  expect_equal("the number of places in the answer of enqueue", std::uint64_t{ids.size()},
               std::uint64_t{deliveries.size()});
  return ids;
}

Deliveries EventTrial::claim(std::uint32_t max, EventQueueName queue) {
  EventClaim request;
  request.from.push_back({std::move(queue), max});
  request.owner = "owner";
  return value(start_claim(std::move(request)));
}

EventDelivery EventTrial::claim_one(const std::string& event_id, EventQueueName queue) {
  Deliveries claimed = claim(EventQueue::kMaxClaim, std::move(queue));
  expect_equal("the events that a claim gets", ids_of(claimed), Strings{event_id});
  return std::move(claimed[0]);
}

void EventTrial::expect_nothing_due(EventQueueName queue) {
  expect_equal("the events that a claim gets", ids_of(claim(1, std::move(queue))), Strings{});
}

bool EventTrial::settle(EventSettlement settlement) {
  std::vector<EventSettlement> settlements;
  settlements.push_back(std::move(settlement));
  const std::vector<bool> held = value(start_settle(std::move(settlements)));
  expect(held.size() == 1, "a settle of one lease answers one place");
  return held[0];
}

void EventTrial::done(const EventDelivery& delivery) {
  expect(settle(settlement_of(delivery)), "a lease is held when it is settled as done");
}

void EventTrial::dead(const EventDelivery& delivery, std::string reason) {
  EventSettlement settlement = settlement_of(delivery, EventKind::kDead);
  settlement.reason = std::move(reason);
  expect(settle(std::move(settlement)), "a lease is held when it is settled as dead");
}

bool EventTrial::extend(const EventDelivery& delivery, std::chrono::milliseconds lease) {
  const std::vector<bool> held = value(start_extend({lease_of(delivery)}, lease));
  expect(held.size() == 1, "an extend of one lease answers one place");
  return held[0];
}

Deliveries EventTrial::peek(bool dead, EventFilter filter) {
  EventPeek request;
  request.filter = std::move(filter);
  request.dead = dead;
  request.limit = EventQueue::kMaxPage;
  return value(start_peek(std::move(request)));
}

EventDelivery EventTrial::find(const std::string& event_id, bool dead) {
  EventFilter filter = filter_of();
  filter.event_id = event_id;
  Deliveries found = peek(dead, std::move(filter));
  expect_equal("the deliveries that a peek finds", ids_of(found), Strings{event_id});
  return std::move(found[0]);
}

EventCounts EventTrial::count(EventFilter filter) { return value(start_count(std::move(filter))); }

std::vector<EventReadiness> EventTrial::ready(std::uint32_t limit) {
  constexpr int kMostPages = 2000;
  std::vector<EventReadiness> all;
  std::string after;
  for (int i = 0; i < kMostPages; ++i) {
    EventReadyPage page = value(start_ready(after, limit));
    expect(page.queues.size() <= limit, "a page of ready() has no more queues than its limit");
    expect_equal("the queue's time", page.now, now());
    all.insert(all.end(), page.queues.begin(), page.queues.end());
    if (page.next.empty()) return all;
    after = std::move(page.next);
  }
  fail("the pages of ready() do not end");
}

EventCompletionPage EventTrial::completions(std::string after, std::uint32_t limit) {
  EventCompletionPage page = value(start_completions(std::move(after), limit));
  expect(page.completions.size() <= limit, "a page has no more completions than its limit");
  return page;
}

Strings EventTrial::contents() {
  Strings contents;
  for (const EventCompletion& completion : completions({}, EventQueue::kMaxPage).completions) {
    contents.push_back(completion.content);
  }
  return contents;
}

std::uint64_t EventTrial::write(EventRecordWrite write) {
  const EventEnqueued answer = expect_status(EventStatus::kEnqueued, std::move(write));
  expect(answer.ids.size() == 1, "a write of one record tells its version");
  return answer.ids[0];
}

EventEnqueued EventTrial::expect_status(EventStatus status, EventRecordWrite write) {
  std::vector<EventRecordWrite> writes;
  writes.push_back(std::move(write));
  EventEnqueued answer = value(start_write(std::move(writes)));
  expect_equal("the status of a write", answer.status, status);
  return answer;
}

std::optional<EventRecord> EventTrial::record_named(const std::string& name) {
  for (EventRecord& record : value(start_read("kind", kEventTenant, {}, EventQueue::kMaxPage))) {
    if (record.name == name) return std::move(record);
  }
  return std::nullopt;
}

}  // namespace sublet::testing::conformance

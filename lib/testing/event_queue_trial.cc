// SPDX-License-Identifier: Apache-2.0
#include "testing/event_queue_trial.h"

#include <utility>

namespace sublet::testing::conformance {

EventQueueName event_queue(std::string event, std::string extension, std::string tenant) {
  return {std::move(tenant), std::move(extension), std::move(event)};
}

NewDelivery event(std::string id, std::string ordering_key, EventQueueName queue) {
  NewDelivery delivery;
  delivery.queue = std::move(queue);
  delivery.payload = id;
  delivery.event_id = std::move(id);
  delivery.ordering_key = std::move(ordering_key);
  return delivery;
}

EventEnqueue unit_of(std::vector<NewDelivery> deliveries, std::string idempotency_key) {
  EventEnqueue unit;
  unit.deliveries = std::move(deliveries);
  unit.idempotency_key = std::move(idempotency_key);
  return unit;
}

EventRecordWrite record_write(std::string name, std::optional<std::string> data,
                              std::optional<std::uint64_t> expected) {
  EventRecordWrite write;
  write.kind = "kind";
  write.tenant = kEventTenant;
  write.name = std::move(name);
  write.data = std::move(data);
  write.expected = expected;
  return write;
}

EventLease lease_of(const EventDelivery& delivery) { return {delivery.id, delivery.fence}; }

EventSettlement settlement_of(const EventDelivery& delivery, EventKind kind) {
  EventSettlement settlement;
  settlement.lease = lease_of(delivery);
  settlement.kind = kind;
  if (kind == EventKind::kDead) settlement.reason = "reason";
  return settlement;
}

EventFilter filter_of(std::string tenant) {
  EventFilter filter;
  filter.tenant = std::move(tenant);
  return filter;
}

Strings ids_of(const Deliveries& deliveries) {
  Strings ids;
  for (const EventDelivery& delivery : deliveries) ids.push_back(delivery.event_id);
  return ids;
}

EventTrial::EventTrial(EventQueueSubject subject, Progress progress)
    : Calls(subject.patience, std::move(progress)), subject_(std::move(subject)) {}

void EventTrial::open() {
  queue_ = subject_.open(clock());
  note_progress();
  expect(queue_ != nullptr, "open() makes a queue");
}

void EventTrial::reopen() {
  close();
  queue_ = subject_.reopen(clock());
  note_progress();
  expect(queue_ != nullptr, "reopen() makes a queue");
}

void EventTrial::close() {
  queue_.reset();
  note_progress();
  expect_answered();
}

std::unique_ptr<EventTrial> EventTrial::open_another() {
  auto other = std::make_unique<EventTrial>(subject_, progress());
  share_clock(*other);
  other->queue_ = subject_.open_another(clock());
  note_progress();
  expect(other->queue_ != nullptr, "open_another() makes a queue");
  return other;
}

std::shared_ptr<EventQueue> EventTrial::take_queue() { return std::exchange(queue_, nullptr); }

Pending<std::vector<EventEnqueued>> EventTrial::start_enqueue(std::vector<EventEnqueue> units) {
  auto call = record<std::vector<EventEnqueued>>("enqueue");
  queue_->enqueue(std::move(units), callback(call));
  return call;
}

Pending<Deliveries> EventTrial::start_claim(EventClaim request) {
  auto call = record<Deliveries>("claim");
  queue_->claim(std::move(request), callback(call));
  return call;
}

Pending<std::vector<bool>> EventTrial::start_extend(std::vector<EventLease> leases,
                                                    std::chrono::milliseconds lease) {
  auto call = record<std::vector<bool>>("extend");
  queue_->extend(std::move(leases), lease, callback(call));
  return call;
}

Pending<std::vector<bool>> EventTrial::start_settle(std::vector<EventSettlement> settlements) {
  auto call = record<std::vector<bool>>("settle");
  queue_->settle(std::move(settlements), callback(call));
  return call;
}

Pending<EventReadyPage> EventTrial::start_ready(std::string after, std::uint32_t limit) {
  auto call = record<EventReadyPage>("ready");
  queue_->ready(std::move(after), limit, callback(call));
  return call;
}

Pending<Deliveries> EventTrial::start_peek(EventPeek request) {
  auto call = record<Deliveries>("peek");
  queue_->peek(std::move(request), callback(call));
  return call;
}

Pending<EventCounts> EventTrial::start_count(EventFilter filter) {
  auto call = record<EventCounts>("count");
  queue_->count(std::move(filter), callback(call));
  return call;
}

Pending<std::uint64_t> EventTrial::start_replay(EventFilter filter, std::uint32_t limit) {
  auto call = record<std::uint64_t>("replay");
  queue_->replay(std::move(filter), limit, callback(call));
  return call;
}

Pending<std::uint64_t> EventTrial::start_bury(
    EventFilter filter, std::string reason, std::uint32_t limit,
    std::function<std::string(const EventDelivery&)> completion) {
  auto call = record<std::uint64_t>("bury");
  queue_->bury(std::move(filter), std::move(reason), limit, std::move(completion), callback(call));
  return call;
}

Pending<std::uint64_t> EventTrial::start_purge(EventFilter filter, bool dead, std::uint32_t limit) {
  auto call = record<std::uint64_t>("purge");
  queue_->purge(std::move(filter), dead, limit, callback(call));
  return call;
}

Pending<std::uint64_t> EventTrial::start_erase(std::string tenant, std::uint32_t limit) {
  auto call = record<std::uint64_t>("erase");
  queue_->erase(std::move(tenant), limit, callback(call));
  return call;
}

Pending<EventCompletionPage> EventTrial::start_completions(std::string after, std::uint32_t limit) {
  auto call = record<EventCompletionPage>("completions");
  queue_->completions(std::move(after), limit, callback(call));
  return call;
}

Pending<std::uint64_t> EventTrial::start_forget(EventTime before, std::uint32_t limit) {
  auto call = record<std::uint64_t>("forget_completions");
  queue_->forget_completions(before, limit, callback(call));
  return call;
}

Pending<EventEnqueued> EventTrial::start_write(std::vector<EventRecordWrite> writes) {
  auto call = record<EventEnqueued>("write_records");
  queue_->write_records(std::move(writes), callback(call));
  return call;
}

Pending<std::vector<EventRecord>> EventTrial::start_read(std::string kind,
                                                         std::optional<std::string> tenant,
                                                         std::string after, std::uint32_t limit) {
  auto call = record<std::vector<EventRecord>>("read_records");
  queue_->read_records(std::move(kind), std::move(tenant), std::move(after), limit, callback(call));
  return call;
}

Pending<std::vector<EventRecord>> EventTrial::start_due(std::string kind, std::uint32_t limit) {
  auto call = record<std::vector<EventRecord>>("due_records");
  queue_->due_records(std::move(kind), limit, callback(call));
  return call;
}

}  // namespace sublet::testing::conformance

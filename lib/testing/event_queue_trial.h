// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sublet/testing/event_queue_conformance.h"
#include "testing/calls.h"
#include "testing/expect.h"

namespace sublet::testing::conformance {

using Deliveries = std::vector<EventDelivery>;
using Strings = std::vector<std::string>;
using EventStatus = EventEnqueued::Status;
using EventKind = EventSettlement::Kind;

// What most cases work on.
inline constexpr char kEventTenant[] = "tenant";
EventQueueName event_queue(std::string event = "event", std::string extension = "extension",
                           std::string tenant = kEventTenant);

// A delivery of this event's id, into event_queue() unless told, with the id as its payload.
NewDelivery event(std::string id, std::string ordering_key = {},
                  EventQueueName queue = event_queue());
EventEnqueue unit_of(std::vector<NewDelivery> deliveries, std::string idempotency_key = {});
EventRecordWrite record_write(std::string name, std::optional<std::string> data,
                              std::optional<std::uint64_t> expected = {});
EventLease lease_of(const EventDelivery& delivery);
EventSettlement settlement_of(const EventDelivery& delivery, EventKind kind = EventKind::kDone);
EventFilter filter_of(std::string tenant = kEventTenant);
// The ids of the events.
Strings ids_of(const Deliveries& deliveries);

// One case at work on a queue of its own.
//
// Ownership: of the thread that runs the case; the queue under test.
// Thread safety: calls may be made and awaited on several threads; the rest is the case's own.
class EventTrial : public Calls {
 public:
  EventTrial(EventQueueSubject subject, Progress progress);

  // Opens the queue; again after close(), with what the last one held.
  void open();
  void reopen();
  // Ends the queue, after which every call has to be answered, once.
  void close();
  // One more queue over what the present one holds, at the same time.
  std::unique_ptr<EventTrial> open_another();
  // Gives the queue away, which no call may be made of any more.
  std::shared_ptr<EventQueue> take_queue();

  EventQueue& queue() { return *queue_; }
  const EventQueueSubject& subject() const { return subject_; }

  // -- calls that are not waited for
  Pending<std::vector<EventEnqueued>> start_enqueue(std::vector<EventEnqueue> units);
  Pending<Deliveries> start_claim(EventClaim request);
  Pending<std::vector<bool>> start_extend(std::vector<EventLease> leases,
                                          std::chrono::milliseconds lease);
  Pending<std::vector<bool>> start_settle(std::vector<EventSettlement> settlements);
  Pending<EventReadyPage> start_ready(std::string after, std::uint32_t limit);
  Pending<Deliveries> start_peek(EventPeek request);
  Pending<EventCounts> start_count(EventFilter filter);
  Pending<std::uint64_t> start_replay(EventFilter filter, std::uint32_t limit);
  Pending<std::uint64_t> start_bury(
      EventFilter filter, std::string reason, std::uint32_t limit,
      std::function<std::string(const EventDelivery&)> completion = {});
  Pending<std::uint64_t> start_purge(EventFilter filter, bool dead, std::uint32_t limit);
  Pending<std::uint64_t> start_erase(std::string tenant, std::uint32_t limit);
  Pending<EventCompletionPage> start_completions(std::string after, std::uint32_t limit);
  Pending<std::uint64_t> start_forget(EventTime before, std::uint32_t limit);
  Pending<EventEnqueued> start_write(std::vector<EventRecordWrite> writes);
  Pending<std::vector<EventRecord>> start_read(std::string kind, std::optional<std::string> tenant,
                                               std::string after, std::uint32_t limit);
  Pending<std::vector<EventRecord>> start_due(std::string kind, std::uint32_t limit);

  // -- calls that are waited for
  EventEnqueued enqueue_unit(EventEnqueue unit);
  // Each as a unit of its own, which has to be enqueued; their ids.
  std::vector<std::uint64_t> enqueue(std::vector<NewDelivery> deliveries);
  Deliveries claim(std::uint32_t max = EventQueue::kMaxClaim, EventQueueName queue = event_queue());
  // That has to get exactly the one of this event.
  EventDelivery claim_one(const std::string& event_id, EventQueueName queue = event_queue());
  void expect_nothing_due(EventQueueName queue = event_queue());
  // Whether it was still held.
  bool settle(EventSettlement settlement);
  // That has to be held.
  void done(const EventDelivery& delivery);
  void dead(const EventDelivery& delivery, std::string reason = "reason");
  bool extend(const EventDelivery& delivery, std::chrono::milliseconds lease);
  Deliveries peek(bool dead = false, EventFilter filter = filter_of());
  // The one delivery of this event.
  EventDelivery find(const std::string& event_id, bool dead = false);
  EventCounts count(EventFilter filter = filter_of());
  // Of all queues, by pages of `limit`.
  std::vector<EventReadiness> ready(std::uint32_t limit = EventQueue::kMaxPage);
  EventCompletionPage completions(std::string after = {}, std::uint32_t limit = 100);
  // Of all that there are.
  Strings contents();
  // That has to be done; its version.
  std::uint64_t write(EventRecordWrite write);
  EventEnqueued expect_status(EventStatus status, EventRecordWrite write);
  // The record of that name, of record_write()'s kind and tenant.
  std::optional<EventRecord> record_named(const std::string& name);

 private:
  const EventQueueSubject subject_;
  std::shared_ptr<EventQueue> queue_;
};

using EventCase = CaseOf<EventTrial>;

// The cases by subject, in the order of the suite.
std::vector<EventCase> event_enqueue_cases();
std::vector<EventCase> event_idempotency_cases();
std::vector<EventCase> event_claim_cases();
std::vector<EventCase> event_lease_cases();
std::vector<EventCase> event_order_cases();
std::vector<EventCase> event_settle_cases();
std::vector<EventCase> event_completion_cases();
std::vector<EventCase> event_look_cases();
std::vector<EventCase> event_filter_cases();
std::vector<EventCase> event_hand_cases();
std::vector<EventCase> event_erase_cases();
std::vector<EventCase> event_record_cases();
std::vector<EventCase> event_refusal_cases();
std::vector<EventCase> event_callback_cases();
std::vector<EventCase> event_concurrency_cases();
std::vector<EventCase> event_durability_cases();
std::vector<EventCase> event_pair_cases();

}  // namespace sublet::testing::conformance

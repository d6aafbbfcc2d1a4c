// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/events/calls.h"
#include "adapters/sqlite/events/delivery_reader.h"
#include "adapters/sqlite/events/selection.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::adapters::sqlite::events {

// What reads the database; each function sees one moment of what was committed. Single-owner.
// Functions throw Failure.
class Reads {
 public:
  Reads(Connection& connection, EventClock clock);

  EventReadyPage answer(const ReadyRequest& request);
  std::vector<EventDelivery> answer(const EventPeek& request);
  EventCounts answer(const EventFilter& request);
  EventCompletionPage answer(const CompletionsRequest& request);
  std::vector<EventRecord> answer(const ReadRecordsRequest& request);
  std::vector<EventRecord> answer(const DueRecordsRequest& request);

 private:
  // Queues with claims that last longer than there can be: the clock went back.
  std::set<std::int64_t> with_long_claims(EventTime now);
  EventQueueName name_of(std::int64_t queue);
  // By indexes alone, where only whole queues are meant.
  EventCounts count_queues(const EventFilter& filter);
  EventCounts count_rows(const EventFilter& filter);
  std::uint64_t count(Statement& statement, std::int64_t queue);

  Connection& connection_;
  const EventClock clock_;
  Selector selector_;
  DeliveryReader reader_;
  Statement next_queue_;
  Statement long_claims_;
  Statement name_;
  Statement all_of_queue_;
  Statement open_of_queue_;
  Statement claimed_of_queue_;
  Statement dead_of_queue_;
  Statement state_;
  Statement completions_;
  Statement records_;
  Statement records_of_tenant_;
  Statement due_records_;
};

}  // namespace sublet::adapters::sqlite::events

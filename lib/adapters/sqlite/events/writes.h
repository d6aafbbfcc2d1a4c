// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/events/calls.h"
#include "adapters/sqlite/events/claims.h"
#include "adapters/sqlite/events/completions.h"
#include "adapters/sqlite/events/counters.h"
#include "adapters/sqlite/events/deliveries.h"
#include "adapters/sqlite/events/delivery_reader.h"
#include "adapters/sqlite/events/free_room.h"
#include "adapters/sqlite/events/keys.h"
#include "adapters/sqlite/events/queues.h"
#include "adapters/sqlite/events/records.h"
#include "adapters/sqlite/events/selection.h"
#include "sublet/adapters/sqlite_event_queue.h"

namespace sublet::adapters::sqlite::events {

// What changes the database, inside a transaction that the caller has begun. Single-owner. Where a
// function throws, a part of its work may be done, and the transaction is to be rolled back.
class Writes {
 public:
  // The connection has its limit already.
  Writes(Connection& connection, const SqliteEventQueueOptions& options);

  // Before a transaction: whether its commit waits for the disk.
  void wait_for_disk(bool wait);
  struct Bounds {
    std::uint64_t together = UINT64_MAX;
    std::uint64_t room = UINT64_MAX;
  };
  void begin(const Bounds& bounds);

  // Each has the answer, or none where only a part is done. The room for new ones may be used up:
  // kResourceExhausted, nothing was done.
  std::optional<Result<std::vector<EventEnqueued>>> apply(EnqueueRequest& request);
  std::optional<Result<std::vector<EventDelivery>>> apply(const EventClaim& request);
  std::optional<Result<std::vector<bool>>> apply(const ExtendRequest& request);
  std::optional<Result<std::vector<bool>>> apply(const SettleRequest& request);
  std::optional<Result<std::uint64_t>> apply(TakeRequest& request);
  std::optional<Result<std::uint64_t>> apply(EraseRequest& request);
  std::optional<Result<std::uint64_t>> apply(const ForgetRequest& request);
  std::optional<Result<EventEnqueued>> apply(const RecordsRequest& request);

  // Takes out what is not needed any more; answers whether there may be more of it.
  bool purge();
  void finish() { counters_.save(); }
  // What a call wants that has no room: all calls tell their cost before.
  std::uint64_t wanted() const { return 0; }

  // The transaction was committed: what it woke is to be told. Takes no memory: nothing may go
  // wrong now.
  void committed() noexcept { woken_.merge(queues_.woken()); }
  // The queues that transactions since the last time have put something into.
  std::vector<EventQueueName> take_woken();

 private:
  EventEnqueued enqueue(const EventEnqueue& unit, EventTime now);
  void bury(const DeliveryRow& row, const TakeRequest& request, EventTime now);
  void take(std::uint64_t id, const TakeRequest& request, EventTime now);
  // Adds to the bytes, of which a part has but so many.
  std::uint64_t erase_deliveries(const std::string& tenant, bool dead, std::uint64_t limit,
                                 std::uint64_t& bytes);

  Connection& connection_;
  const EventClock clock_;
  const bool durable_;
  bool waits_for_disk_;
  Bounds bounds_;
  std::set<EventQueueName> woken_;
  FreeRoom room_;
  Counters counters_;
  Queues queues_;
  Deliveries deliveries_;
  DeliveryReader reader_;
  Completions completions_;
  Claims claims_;
  Records records_;
  Keys keys_;
  Selector selector_;
};

}  // namespace sublet::adapters::sqlite::events

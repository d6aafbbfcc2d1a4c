// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/events/completions.h"
#include "adapters/sqlite/events/deliveries.h"
#include "adapters/sqlite/events/delivery_reader.h"
#include "adapters/sqlite/events/queues.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::adapters::sqlite::events {

// Claims deliveries and ends claims. Inside a transaction. Single-owner; functions throw Failure.
class Claims {
 public:
  Claims(Connection& connection, Queues& queues, Deliveries& deliveries, Completions& completions,
         DeliveryReader& reader);

  std::vector<EventDelivery> claim(const EventClaim& request, EventTime now);
  bool extend(const EventLease& lease, EventTime until);
  // Without its deliveries.
  bool settle(const EventSettlement& settlement, EventTime now);

 private:
  // Adds to what is claimed; at most so many.
  void claim_from(std::int64_t queue, const EventClaim::From& from, EventTime now,
                  std::uint64_t limit, std::vector<EventDelivery>& claimed);
  void take(EventDelivery& delivery, const EventClaim& request, EventTime now);
  void put_back(const EventSettlement& settlement, EventTime now);

  Connection& connection_;
  Queues& queues_;
  Deliveries& deliveries_;
  Completions& completions_;
  DeliveryReader& reader_;
  Statement end_long_;
  Statement due_;
  Statement take_;
  Statement extend_;
  Statement retry_;
  Statement release_;
};

}  // namespace sublet::adapters::sqlite::events

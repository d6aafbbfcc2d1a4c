// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/events/counters.h"
#include "adapters/sqlite/events/queues.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::adapters::sqlite::events {

// What has to be known of a delivery to end it.
struct DeliveryRow {
  std::int64_t id = 0;
  std::int64_t queue = 0;
  int state = 0;
  std::uint64_t fence = 0;
  std::optional<std::int64_t> scope;
  std::string ordering_key;
};

// Makes, moves and removes deliveries, and keeps the first of each ordering key unblocked. Inside a
// transaction. Single-owner; functions throw Failure.
class Deliveries {
 public:
  Deliveries(Connection& connection, Counters& counters, Queues& queues);

  std::uint64_t add(const NewDelivery& delivery, EventTime now);
  std::optional<DeliveryRow> find(std::uint64_t id);
  void remove(const DeliveryRow& row);
  // It becomes a dead letter. `note`: none keeps what it has.
  void die(const DeliveryRow& row, std::string_view reason, std::optional<std::string_view> note,
           EventTime now);

  // A dead letter becomes the last delivery of its queue.
  void revive(std::uint64_t id, EventTime now);
  void remove_dead(std::uint64_t id);
  // Of what it was and carried, roughly.
  std::uint64_t body_bytes(std::uint64_t id);

 private:
  bool lane_is_empty(std::int64_t scope, std::string_view ordering_key);
  // One of this ordering key went.
  void unblock_next(const DeliveryRow& gone);
  void remove_row(const DeliveryRow& row);

  Counters& counters_;
  Queues& queues_;
  Statement add_;
  Statement add_body_;
  Statement find_;
  Statement remove_;
  Statement remove_body_;
  Statement first_of_lane_;
  Statement unblock_;
  Statement die_;
  Statement find_dead_;
  Statement revive_;
  Statement remove_dead_;
  Statement body_bytes_;
};

}  // namespace sublet::adapters::sqlite::events

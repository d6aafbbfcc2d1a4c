// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "adapters/sqlite/connection.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::adapters::sqlite::events {

// Reads deliveries and dead letters as they are found. Single-owner; functions throw Failure.
class DeliveryReader {
 public:
  explicit DeliveryReader(Connection& connection);

  std::optional<EventDelivery> find(std::uint64_t id, bool dead, bool payloads);
  void read_body(EventDelivery& delivery);

 private:
  Statement living_;
  Statement dead_;
  Statement body_;
};

}  // namespace sublet::adapters::sqlite::events

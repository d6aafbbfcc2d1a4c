// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "adapters/sqlite/connection.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::adapters::sqlite::events {

// Idempotency keys. Inside a transaction. Single-owner; functions throw Failure.
class Keys {
 public:
  explicit Keys(Connection& connection);

  // The event that the tenant enqueued with this key, and whose window is not over.
  std::optional<std::string> find(const std::string& tenant, const std::string& key, EventTime now);
  void put(const std::string& tenant, const std::string& key, std::chrono::milliseconds window,
           const std::string& event_id, EventTime now);
  // Both answer how many.
  std::uint64_t erase(const std::string& tenant, std::uint64_t limit);
  std::uint64_t purge(EventTime now, std::uint64_t limit);

 private:
  Connection& connection_;
  Statement find_;
  Statement put_;
  Statement erase_;
  Statement purge_;
};

}  // namespace sublet::adapters::sqlite::events

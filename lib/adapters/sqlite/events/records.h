// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/events/counters.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::adapters::sqlite::events {

// Writes records. Inside a transaction. Single-owner; functions throw Failure.
class Records {
 public:
  Records(Connection& connection, Counters& counters);

  // All or none. With kEnqueued, `ids` are the versions.
  EventEnqueued write(const std::vector<EventRecordWrite>& writes, EventTime now);
  // Both answer how many.
  std::uint64_t erase(const std::string& tenant, std::uint64_t limit);
  std::uint64_t purge(EventTime now, std::uint64_t limit);

 private:
  std::uint64_t version_of(const EventRecordWrite& write, EventTime now);
  bool is_over_count(const EventRecordWrite& write, EventTime now);
  // Anything but kEnqueued: it was not written.
  EventEnqueued::Status write_one(const EventRecordWrite& write, EventTime now,
                                  std::uint64_t& version);

  Connection& connection_;
  Counters& counters_;
  Statement version_;
  Statement count_;
  Statement put_;
  Statement remove_;
  Statement erase_;
  Statement purge_;
};

}  // namespace sublet::adapters::sqlite::events

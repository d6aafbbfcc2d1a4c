// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/events/counters.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::adapters::sqlite::events {

// Adds completions and takes them away. Inside a transaction. Single-owner; functions throw
// Failure.
class Completions {
 public:
  Completions(Connection& connection, Counters& counters);

  // Nothing where the content is empty.
  void add(const std::string& tenant, std::string_view content, EventTime now);
  // At most so many; answers how many.
  std::uint64_t forget(EventTime before, std::uint64_t limit);
  std::uint64_t erase(const std::string& tenant, std::uint64_t limit);

 private:
  Connection& connection_;
  Counters& counters_;
  Statement add_;
  Statement forget_;
  Statement erase_;
};

}  // namespace sublet::adapters::sqlite::events

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "adapters/sqlite/connection.h"

namespace sublet::adapters::sqlite::events {

// How much new may still come into a file with a limit. The last bit of it is for settlements: they
// are what makes room. Single-owner; functions throw Failure.
class FreeRoom {
 public:
  // The connection has its PRAGMA max_page_count.
  FreeRoom(Connection& connection, bool limited);

  // Whether so much may be added.
  bool has(std::uint64_t bytes);

 private:
  const bool limited_;
  const std::int64_t most_;  // pages
  const std::uint64_t page_size_;
  Statement pages_;
  Statement free_;
};

}  // namespace sublet::adapters::sqlite::events

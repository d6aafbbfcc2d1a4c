// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "adapters/sqlite/connection.h"

namespace sublet::adapters::sqlite::events {

// Numbers that no row gets twice; read and written once in a transaction. Single-owner; functions
// throw Failure.
class Counters {
 public:
  explicit Counters(Connection& connection);

  // The first step of a transaction.
  void forget() { read_ = changed_ = false; }
  std::int64_t next_delivery() { return ++values().delivery; }
  std::int64_t next_queue() { return ++values().queue; }
  std::int64_t next_version() { return ++values().version; }
  std::int64_t next_completion() { return ++values().completion; }
  // The last one.
  void save();

 private:
  struct Values {
    std::int64_t delivery = 0, queue = 0, version = 0, completion = 0;
  };
  Values& values();

  Statement load_;
  Statement save_;
  Values values_;
  bool read_ = false;
  bool changed_ = false;
};

}  // namespace sublet::adapters::sqlite::events

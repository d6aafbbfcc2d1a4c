// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/database_file.h"
#include "adapters/sqlite/events/calls.h"
#include "adapters/sqlite/events/reads.h"
#include "adapters/sqlite/events/waiting_calls.h"
#include "adapters/sqlite/events/writes.h"
#include "sublet/adapters/sqlite_event_queue.h"

namespace sublet::adapters::sqlite::events {

enum class Urgency : std::uint8_t { kClaim, kSettlement, kOther };

// What GroupWriterOf and StoreOf, and the calls that wait, have to know of an event queue's calls.
// Stateless.
struct Side {
  using Options = SqliteEventQueueOptions;
  using WriteCall = events::WriteCall;
  using ReadCall = events::ReadCall;
  using Queue = WaitingCalls;
  using Writes = events::Writes;
  using Reads = events::Reads;
  static constexpr char kWriterName[] = "sublet-ev-write";
  static constexpr char kReaderName[] = "sublet-ev-read";
  // While the log is moved into the database others' claims and publishes go on.
  static constexpr bool kMovesLogAside = true;

  static DatabaseFile database_of(const Options& options);
  static Writes make_writes(Connection& connection, const Options& options) {
    return Writes(connection, options);
  }

  static Urgency urgency(const WriteCall& call) noexcept;
  // Whose call it is, for turns; empty: of nobody in particular.
  static const std::string& tenant(const WriteCall& call) noexcept;
  // How many deliveries it is about in the next transaction, roughly; at least 1.
  static std::size_t rows(const WriteCall& call) noexcept;
  static std::uint64_t cost(const WriteCall& call) noexcept;
  // Whether it may not be done with the next transaction.
  static bool has_parts(const WriteCall& call) noexcept;

  // Whether a part of it was committed.
  template <typename Request>
  static bool has_begun(const Request&) noexcept {
    return false;
  }
  static bool has_begun(const EnqueueRequest& request) noexcept {
    return !request.committed.empty();
  }
  static bool has_begun(const TakeRequest& request) noexcept {
    return request.committed.has_value();
  }
  static bool has_begun(const EraseRequest& request) noexcept { return request.committed != 0; }

  static void prepare(Connection&, Writes& writes, std::span<const WriteCall> calls);
  static bool apply(Writes& writes, WriteCall& call);
  static void keep_progress(WriteCall& call) noexcept;
  static void committed(Writes& writes) noexcept { writes.committed(); }
};

}  // namespace sublet::adapters::sqlite::events

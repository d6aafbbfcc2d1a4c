// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "adapters/sqlite/call_queue.h"
#include "adapters/sqlite/calls.h"
#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/database_file.h"
#include "adapters/sqlite/reads.h"
#include "adapters/sqlite/writes.h"
#include "sublet/adapters/sqlite_key_value_store.h"

namespace sublet::adapters::sqlite {

// What GroupWriterOf and StoreOf have to know of key-value calls. Stateless.
struct KeyValueSide {
  using Options = SqliteKeyValueOptions;
  using WriteCall = sqlite::WriteCall;
  using ReadCall = sqlite::ReadCall;
  using Queue = CallQueue;
  using Writes = sqlite::Writes;
  using Reads = sqlite::Reads;
  static constexpr char kWriterName[] = "sublet-kv-write";
  static constexpr char kReaderName[] = "sublet-kv-read";

  static constexpr bool kMovesLogAside = false;

  static DatabaseFile database_of(const Options& options);
  static Writes make_writes(Connection& connection, const Options& options) {
    return Writes(connection, options.clock);
  }
  static std::uint64_t cost(const WriteCall& call) noexcept;
  // Whether a part of it was committed.
  static bool has_begun(const KeyValueCommit&) noexcept { return false; }
  static bool has_begun(const EraseRequest& request) noexcept {
    return request.progress.has_value();
  }
  // Before a transaction.
  static void prepare(Connection&, Writes&, std::span<const WriteCall>) {}
  // False where it has no room any more in this transaction.
  static bool apply(Writes& writes, WriteCall& call);
  // A part of it was committed: what is done next may go wrong, but that stays.
  static void keep_progress(WriteCall& call) noexcept;
  // The transaction was.
  static void committed(Writes&) noexcept {}
};

}  // namespace sublet::adapters::sqlite

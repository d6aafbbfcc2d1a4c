// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "adapters/sqlite/calls.h"
#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/log_keeper.h"
#include "adapters/sqlite/writes.h"
#include "sublet/adapters/sqlite_key_value_store.h"

namespace sublet::adapters::sqlite {

// Writes calls in groups: each group is one transaction, and one wait for the disk. Belongs to the
// writer's thread; transactions() from any. Throws only from its constructor.
class GroupWriter {
 public:
  GroupWriter(Connection& connection, const SqliteKeyValueOptions& options);

  // Gives every call its answer; those that say it was done, after it was. An erase of which only a
  // part was done gets none yet, and wants to be in a later group too. Calls that turn out to
  // be too much for one transaction get several. With `purge`, also takes out entries that expired.
  // Answers whether there may be more of them.
  bool write(std::vector<WriteCall>& group, bool purge) noexcept;
  // Between groups.
  void tidy() noexcept;

  // How much of what waits may be one group, by cost().
  std::uint64_t largest_group() const { return log_.largest_transaction(); }
  static std::uint64_t cost(const WriteCall& call) noexcept;

  // Its answer; of an erase that has begun, that nobody knows.
  static void set_error(WriteCall& call, const Error& error) noexcept;

  // How many were committed.
  std::uint64_t transactions() const noexcept { return transactions_.load(); }

 private:
  // What one transaction has done.
  struct Done {
    std::size_t calls = 0;  // the first ones
    bool more = false;      // to purge
  };

  Result<Done> attempt(std::span<WriteCall> calls, bool purge) noexcept;
  Done run(std::span<WriteCall> calls, bool purge);
  Done run_in(std::uint64_t room, std::span<WriteCall> calls, bool purge);
  bool apply(WriteCall& call);
  void commit(Transaction& transaction);
  void give_up(std::span<WriteCall> calls, const Error& error, bool purge) noexcept;
  void write_one_by_one(std::span<WriteCall> calls) noexcept;
  void note(const Error& error) noexcept;

  Connection& connection_;
  LogKeeper log_;
  Writes writes_;
  // Set where the database turned out to be damaged: it is not written any more.
  std::optional<Error> damage_;
  std::atomic<std::uint64_t> transactions_{0};
};

}  // namespace sublet::adapters::sqlite

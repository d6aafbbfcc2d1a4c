// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <utility>

#include "adapters/sqlite/connection.h"
#include "sublet/limits.h"

namespace sublet::adapters::sqlite {

// Keeps the log (SQLite's WAL) short, and file and log under the store's limit. Of one file, one
// connection moves the log into the database: this one's, and a mover's where there is one.
// Single-owner; lives as long as the connection, which tells it of every commit.
class LogKeeper {
 public:
  // `limit`: of file and log together; 0 is none.
  LogKeeper(Connection& connection, const std::filesystem::path& file, Bytes limit);
  ~LogKeeper();
  LogKeeper(const LogKeeper&) = delete;
  LogKeeper& operator=(const LogKeeper&) = delete;

  // From now on most of the log is moved by somebody else, who is asked to; `ask` does not wait.
  void use_mover(std::function<void()> ask) { ask_mover_ = std::move(ask); }

  // What one transaction may be estimated to write.
  std::uint64_t largest_transaction() const { return room_ == 0 ? kLargestTransaction : room_ / 2; }
  // Throws Failure where a transaction of this size cannot be logged: kResourceExhausted, or
  // kUnavailable where somebody still reads what the log has.
  void make_room(std::uint64_t bytes);
  // What may still be logged.
  std::uint64_t room() const noexcept;
  // Between transactions: moves a log that has grown long into the database.
  void tidy() noexcept;
  // The disk is full: gives back what the log can spare. False: somebody reads it.
  bool shrink() noexcept;

 private:
  static constexpr std::uint64_t kLargestTransaction = std::uint64_t{16} << 20;

  static int committed(void* self, sqlite3*, const char*, int pages) noexcept;
  std::uint64_t log_size() const noexcept;
  // Moves the log in one of SQLite's ways; waits shortly for those who read it. Answers SQLite's
  // code.
  int move_log(int way) noexcept;

  Connection& connection_;
  const std::filesystem::path log_;
  std::function<void()> ask_mover_;
  std::uint64_t room_ = 0;  // for the log; 0: no limit
  int pages_ = 0;           // in the log
  int due_;                 // pages at which the log is moved
};

// What a transaction with these bytes in keys and values, in so many rows, writes at most, roughly.
constexpr std::uint64_t log_bytes(std::uint64_t bytes, std::uint64_t rows) {
  return bytes + bytes / 8 + rows * 8192;
}

}  // namespace sublet::adapters::sqlite

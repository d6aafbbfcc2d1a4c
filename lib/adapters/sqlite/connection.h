// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sublet/adapters/key_value_store.h"

// SQLite's handles, closed by their owners. All of these throw Failure.
namespace sublet::adapters::sqlite {

// One connection to a database file. Single-owner, but interrupt().
class Connection {
 public:
  // The file must exist; it is not touched yet. `patience`: how long to wait for a locked database.
  Connection(const std::filesystem::path& file, std::chrono::milliseconds patience);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Statements without parameters and results, separated by semicolons.
  void execute(const char* sql);
  // The first column of the first row; 0 where there is none.
  std::int64_t integer(const char* sql);
  std::string text(const char* sql);

  std::chrono::milliseconds patience() const noexcept { return patience_; }
  void set_patience(std::chrono::milliseconds patience) noexcept { patience_ = patience; }
  // Whether closing this connection, where it is the last one, moves the log into the database.
  void set_checkpoint_on_close(bool wanted);
  // Ends what another thread does on this connection with kUnavailable.
  void interrupt() noexcept { sqlite3_interrupt(handle_.get()); }

  // How many rows the last statement that wrote has changed.
  std::uint64_t changed_rows() const noexcept {
    return static_cast<std::uint64_t>(sqlite3_changes64(handle_.get()));
  }

  bool in_transaction() const noexcept { return sqlite3_get_autocommit(handle_.get()) == 0; }
  sqlite3* handle() const noexcept { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept { (void)sqlite3_close_v2(handle); }
  };

  static int wait_for_lock(void* self, int times) noexcept;

  std::unique_ptr<sqlite3, Close> handle_;
  std::chrono::milliseconds patience_;
  std::chrono::steady_clock::time_point waits_since_;
};

// A prepared statement. Belongs to its connection's owner and goes before the connection.
class Statement {
 public:
  Statement(Connection& connection, const char* sql);

 private:
  friend class Query;
  struct Finalize {
    void operator()(sqlite3_stmt* handle) const noexcept { (void)sqlite3_finalize(handle); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

// One use of a statement: binds in the order of its parameters, all of them; resets it at the end.
// What is bound as text must outlive this, and columns live until next().
class Query {
 public:
  explicit Query(Statement& statement) : handle_(statement.handle_.get()) {}
  ~Query() { (void)sqlite3_reset(handle_); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  Query& bind(std::int64_t value);
  Query& bind(std::string_view bytes);
  Query& bind(KeyValueTime time) { return bind(std::int64_t{time.time_since_epoch().count()}); }
  Query& bind(std::optional<KeyValueTime> time);
  Query& bind(std::uint64_t value) { return bind(static_cast<std::int64_t>(value)); }
  Query& bind_null();

  // Whether there is a (further) row.
  bool next();
  // For a statement without rows.
  void run();

  std::int64_t integer(int column) const { return sqlite3_column_int64(handle_, column); }
  std::uint64_t count(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  std::string_view bytes(int column) const;
  KeyValueTime time(int column) const {
    return KeyValueTime(std::chrono::milliseconds(integer(column)));
  }
  std::optional<KeyValueTime> optional_time(int column) const;

 private:
  void check(int result);

  sqlite3_stmt* handle_;
  int bound_ = 0;
};

// Rolled back at its end unless it was committed.
class Transaction {
 public:
  enum class Kind : std::uint8_t { kRead, kWrite };
  Transaction(Connection& connection, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();

 private:
  Connection& connection_;
};

}  // namespace sublet::adapters::sqlite

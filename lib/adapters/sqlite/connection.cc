// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/connection.h"

#include <thread>

#include "adapters/sqlite/failure.h"

namespace sublet::adapters::sqlite {

Connection::Connection(const std::filesystem::path& file, std::chrono::milliseconds patience)
    : patience_(patience) {
  sqlite3* handle = nullptr;
  // The path is absolute, so that SQLite takes no part of it for a URI or for a name of its own.
  const int result =
      sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  handle_.reset(handle);
  if (result != SQLITE_OK) fail(handle, result, "opening " + file.string());
  (void)sqlite3_extended_result_codes(handle, 1);
  (void)sqlite3_busy_handler(handle, &Connection::wait_for_lock, this);
}

// SQLite's own waits grow to 100 ms. A writer of another process that is busy all the time leaves
// gaps of less than a millisecond, which only somebody who asks often finds.
int Connection::wait_for_lock(void* self, int times) noexcept {
  auto* connection = static_cast<Connection*>(self);
  const auto now = std::chrono::steady_clock::now();
  if (times == 0) connection->waits_since_ = now;
  if (now - connection->waits_since_ >= connection->patience_) return 0;
  std::this_thread::sleep_for(std::chrono::microseconds(times < 10 ? 100 : 1000));
  return 1;
}

void Connection::execute(const char* sql) {
  const int result = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) fail(handle_.get(), result, sql);
}

std::int64_t Connection::integer(const char* sql) {
  Statement statement(*this, sql);
  Query query(statement);
  return query.next() ? query.integer(0) : 0;
}

std::string Connection::text(const char* sql) {
  Statement statement(*this, sql);
  Query query(statement);
  return query.next() ? std::string(query.bytes(0)) : std::string();
}

void Connection::set_checkpoint_on_close(bool wanted) {
  const int result = sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
                                       wanted ? 0 : 1, static_cast<int*>(nullptr));
  if (result != SQLITE_OK) fail(handle_.get(), result, "configuring a connection");
}

Statement::Statement(Connection& connection, const char* sql) {
  sqlite3_stmt* handle = nullptr;
  const int result =
      sqlite3_prepare_v3(connection.handle(), sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  handle_.reset(handle);
  if (result != SQLITE_OK) fail(connection.handle(), result, "preparing a statement");
}

void Query::check(int result) {
  if (result == SQLITE_OK) return;
  fail(sqlite3_db_handle(handle_), result, "binding a value");
}

Query& Query::bind(std::int64_t value) {
  check(sqlite3_bind_int64(handle_, ++bound_, value));
  return *this;
}

Query& Query::bind(std::string_view bytes) {
  // A null pointer would bind NULL.
  const char* data = bytes.data() == nullptr ? "" : bytes.data();
  check(sqlite3_bind_blob64(handle_, ++bound_, data, bytes.size(), SQLITE_STATIC));
  return *this;
}

Query& Query::bind(std::optional<KeyValueTime> time) {
  return time.has_value() ? bind(*time) : bind_null();
}

Query& Query::bind_null() {
  check(sqlite3_bind_null(handle_, ++bound_));
  return *this;
}

bool Query::next() {
  const int result = sqlite3_step(handle_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  fail(sqlite3_db_handle(handle_), result, "running a statement");
}

void Query::run() {
  while (next()) {
  }
}

std::string_view Query::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(handle_, column));
  const int size = sqlite3_column_bytes(handle_, column);
  return data == nullptr ? std::string_view()
                         : std::string_view(data, static_cast<std::size_t>(size));
}

std::optional<KeyValueTime> Query::optional_time(int column) const {
  if (sqlite3_column_type(handle_, column) == SQLITE_NULL) return std::nullopt;
  return time(column);
}

Transaction::Transaction(Connection& connection, Kind kind) : connection_(connection) {
  connection.execute(kind == Kind::kWrite ? "BEGIN IMMEDIATE" : "BEGIN");
}

Transaction::~Transaction() {
  // Where it fails, SQLite has rolled back itself, or does when the connection is closed.
  if (connection_.in_transaction()) {
    (void)sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::commit() { connection_.execute("COMMIT"); }

}  // namespace sublet::adapters::sqlite

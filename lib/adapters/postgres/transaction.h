// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "adapters/postgres/parameters.h"
#include "adapters/postgres/statement.h"
#include "sublet/error.h"
#include "sublet/result.h"

namespace sublet::adapters::postgres {

// Tells the caller, once. What a callback throws, which it must not, ends here.
template <typename T>
void deliver(std::function<void(Result<T>)>& done,
             std::type_identity_t<Result<T>> answer) noexcept {
  try {
    const std::function<void(Result<T>)> told = std::exchange(done, nullptr);
    if (told) told(std::move(answer));
  } catch (...) {
  }
}

// What somebody asked the store for, until it is answered. On the loop's thread, once it is there.
class Call {
 public:
  Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  virtual ~Call() = default;

  virtual void fail(Error error) noexcept = 0;
  // Whether it is a CommitCall; else it is a SingleCall.
  virtual bool commits() const noexcept { return false; }

  // How often it was sent and did not go through.
  std::uint32_t failures = 0;
  // On the loop's clock, in milliseconds: since when it waits for a connection.
  std::uint64_t waits_since = 0;
};

// Where a transaction puts its statements. They go out together at the next flush() or sync().
class Sender {
 public:
  virtual ~Sender() = default;
  // One of the tables' statements, by its id.
  template <typename Id>
  void statement(Id id, const Parameters& parameters) {
    run(statement_of(id), parameters);
  }
  virtual void run(const Statement& statement, const Parameters& parameters) = 0;
  virtual void text(const std::string& sql) = 0;
  virtual void prepare(const Statement& statement) = 0;
  // The server shall answer what it got; more of this transaction follows.
  virtual void flush() = 0;
  // The end: the server commits here. Without an error before it, that is.
  virtual void sync() = 0;
};

// What goes to the server as one transaction, for one call or several. Statements up to a sync
// message are one transaction in the server's protocol, which needs no BEGIN: after an error the
// server passes over the rest and goes on behind the sync, so that others can be under way behind.
//
// Thread safety: none; on the loop's thread.
class Transaction {
 public:
  Transaction() = default;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  virtual ~Transaction() = default;

  // Sends what can be sent now: ends with flush() or sync().
  virtual void send(Sender& sender) = 0;
  // The answer to its statement of this place. Sends more after what it ended with flush().
  virtual void take(std::size_t statement, const Rows& rows, Sender& sender) = 0;
  // It is committed: answers the calls, but for those it gives back to be tried in another way.
  virtual std::vector<std::unique_ptr<Call>> finish() = 0;
  // What it was for, where it did not go through.
  virtual std::vector<std::unique_ptr<Call>> take_calls() = 0;

  virtual bool writes() const noexcept = 0;
  // Takes long: goes over an idle connection.
  virtual bool alone() const noexcept { return false; }
  // Whose commits wait until this one ended; null: nobody's.
  virtual const std::string* tenant() const noexcept { return nullptr; }
};

}  // namespace sublet::adapters::postgres

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/postgres/failure.h"
#include "adapters/postgres/transaction.h"

extern "C" {
struct pg_conn;
}

namespace sublet::adapters::postgres {

// The transactions that are under way on one session, in the order in which they were sent.
//
// Ownership: of the transactions; the session is the connection's and outlives it.
// Thread safety: none; on the loop's thread.
class Pipeline final : private Sender {
 public:
  // One that ended: `failure` is empty where it is committed.
  struct Ended {
    std::unique_ptr<Transaction> transaction;
    std::optional<Failure> failure;
  };

  Pipeline(pg_conn* session, const std::string& schema) : session_(session), schema_(schema) {}

  // Takes it over and puts its statements behind the others'. False: the session is broken.
  bool start(std::unique_ptr<Transaction>& transaction);
  // Takes in what came, after PQconsumeInput(). Hands out those that ended, at most one a call;
  // nothing: there is no more.
  std::optional<Ended> next();
  // Those that are left, when the session is over.
  std::vector<Ended> take_rest(const std::string& why);

  std::size_t size() const noexcept { return under_way_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }
  // The last one waits for an answer before it sends the rest: nothing can go behind it.
  bool held() const noexcept { return !under_way_.empty() && !under_way_.back().synced; }
  const Transaction* first() const noexcept {
    return under_way_.empty() ? nullptr : under_way_.front().transaction.get();
  }
  // Statements could not be sent; or the server said that it ends the session.
  bool broken() const noexcept { return broken_; }

 private:
  struct UnderWay {
    std::unique_ptr<Transaction> transaction;
    std::size_t sent = 0;      // statements
    std::size_t answered = 0;  // ... of which the server told the outcome
    std::size_t bytes = 0;     // of parameters
    bool synced = false;
    std::optional<Failure> failure;
  };

  void run(const Statement& statement, const Parameters& parameters) override;
  void text(const std::string& sql) override;
  void prepare(const Statement& statement) override;
  void flush() override;
  void sync() override;

  void sent(int ok);
  void take(const pg_result* result);
  Ended take_first();

  pg_conn* const session_;
  const std::string& schema_;
  std::deque<UnderWay> under_way_;
  UnderWay* sending_ = nullptr;
  std::size_t bytes_ = 0;
  bool broken_ = false;
};

}  // namespace sublet::adapters::postgres

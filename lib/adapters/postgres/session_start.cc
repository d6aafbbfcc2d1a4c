// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/session_start.h"

#include <string>
#include <utility>

namespace sublet::adapters::postgres {
namespace {

// Nobody's: there is nothing to answer.
class StartTransaction : public Transaction {
 public:
  void take(std::size_t, const Rows&, Sender&) override {}
  std::vector<std::unique_ptr<Call>> finish() override { return {}; }
  std::vector<std::unique_ptr<Call>> take_calls() override { return {}; }
  bool writes() const noexcept override { return false; }
};

class Setting final : public StartTransaction {
 public:
  explicit Setting(std::string sql) : sql_(std::move(sql)) {}
  void send(Sender& sender) override {
    sender.text(sql_);
    sender.sync();
  }

 private:
  const std::string sql_;
};

class Prepare final : public StartTransaction {
 public:
  explicit Prepare(std::span<const Statement> statements) : statements_(statements) {}
  void send(Sender& sender) override {
    for (const Statement& statement : statements_) sender.prepare(statement);
    sender.sync();
  }

 private:
  const std::span<const Statement> statements_;
};

}  // namespace

std::vector<std::unique_ptr<Transaction>> session_start(std::chrono::milliseconds statement_timeout,
                                                        std::span<const Statement> statements) {
  std::vector<std::unique_ptr<Transaction>> all;
  const auto set = [&](std::string setting) {
    all.push_back(std::make_unique<Setting>("SET " + std::move(setting)));
  };
  set("statement_timeout = " + std::to_string(statement_timeout.count()));
  // A commit reads after it waited for the tenant's lock, and has to see what the one before wrote.
  set("default_transaction_isolation = 'read committed'");
  // The default; off would turn what a policy hides into an error.
  set("row_security = on");
  // One plan for all parameters. What each statement reads is told by an index; a plan made while
  // the tables were small must not read them whole when they are large.
  set("plan_cache_mode = force_generic_plan");
  set("enable_seqscan = off");
  // Statements are short; compiling one would take longer than all of its executions.
  set("jit = off");
  all.push_back(std::make_unique<Prepare>(statements));
  return all;
}

}  // namespace sublet::adapters::postgres

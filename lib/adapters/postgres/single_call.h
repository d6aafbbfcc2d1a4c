// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "adapters/postgres/transaction.h"

namespace sublet::adapters::postgres {

// A call that is a transaction of its own, made in one round trip or step by step.
class SingleCall : public Call {
 public:
  // Everything up to, and without, the sync.
  virtual void send(Sender& sender) = 0;
  virtual void take(std::size_t, const Rows&) {}
  // One that goes step by step, each told by the answer to the one before, ends its steps itself:
  // the last by sync(), others by flush().
  virtual bool has_steps() const noexcept { return false; }
  virtual void step(std::size_t statement, const Rows& rows, Sender&) { take(statement, rows); }
  virtual void finish() = 0;
  virtual bool writes() const noexcept { return false; }
  virtual bool alone() const noexcept { return false; }
};

// What all share that answer a T. The callback is put in when nothing can throw any more.
template <typename T, typename Base = SingleCall>
class AnsweringCall : public Base {
 public:
  using Base::Base;
  // Unanswered only where there was no memory left to carry it on.
  ~AnsweringCall() override {
    if (done) AnsweringCall::fail({ErrorCode::kResourceExhausted, "out of memory"});
  }

  void finish() override { deliver(done, std::move(answer_)); }
  void fail(Error error) noexcept override { deliver(done, std::move(error)); }

  std::function<void(Result<T>)> done;

 protected:
  T answer_{};
};

// Carries one such call.
class SingleTransaction final : public Transaction {
 public:
  explicit SingleTransaction(std::unique_ptr<SingleCall> call) : call_(std::move(call)) {}

  void send(Sender& sender) override {
    call_->send(sender);
    if (!call_->has_steps()) sender.sync();
  }
  void take(std::size_t statement, const Rows& rows, Sender& sender) override {
    call_->step(statement, rows, sender);
  }
  std::vector<std::unique_ptr<Call>> finish() override {
    call_->finish();
    return {};
  }
  std::vector<std::unique_ptr<Call>> take_calls() override {
    std::vector<std::unique_ptr<Call>> calls;
    calls.push_back(std::move(call_));
    return calls;
  }
  bool writes() const noexcept override { return call_->writes(); }
  bool alone() const noexcept override { return call_->alone(); }

 private:
  std::unique_ptr<SingleCall> call_;
};

}  // namespace sublet::adapters::postgres

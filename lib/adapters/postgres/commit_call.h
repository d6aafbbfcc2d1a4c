// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "adapters/postgres/transaction.h"
#include "sublet/adapters/postgres_key_value_store.h"

namespace sublet::adapters::postgres {

// A commit, until it is answered. Those of a tenant that wait together go together.
class CommitCall final : public Call {
 public:
  CommitCall(const PostgresKeyValueOptions& options, KeyValueCommit commit);
  // Unanswered only where there was no memory left to carry it on.
  ~CommitCall() override {
    if (done) CommitCall::fail({ErrorCode::kIndeterminate, "out of memory"});
  }

  void answer(KeyValueCommitted committed) noexcept { deliver(done, std::move(committed)); }
  void fail(Error error) noexcept override { deliver(done, std::move(error)); }
  bool commits() const noexcept override { return true; }

  const PostgresKeyValueOptions& options() const noexcept { return options_; }
  const KeyValueCommit& request() const noexcept { return request_; }
  // Of keys and values.
  std::size_t bytes() const noexcept { return bytes_; }
  // How many of its writes remove.
  std::size_t removes() const noexcept { return removes_; }
  // Whether SQL alone can do it, in one round trip.
  bool direct() const noexcept { return !needs_plan && computes_nothing_; }

  KeyValueCallback<KeyValueCommitted> done;
  // What SQL alone could not do, and a plan will.
  bool needs_plan = false;
  // The tenant was not there a moment ago.
  bool adds_tenant = false;
  // An error of others must not be its own any more.
  bool apart = false;

 private:
  const PostgresKeyValueOptions& options_;
  const KeyValueCommit request_;
  std::size_t bytes_ = 0;
  std::size_t removes_ = 0;
  bool computes_nothing_ = true;
};

// The transaction of some commits of one tenant. They take effect in this order, each as if it were
// alone.
std::unique_ptr<Transaction> commit_transaction(std::vector<std::unique_ptr<CommitCall>> calls);

// Commits that go in one transaction, and bytes of all but the first.
inline constexpr std::size_t kMostJoined = 64;
inline constexpr std::size_t kMostJoinedBytes = 1u << 20;

}  // namespace sublet::adapters::postgres

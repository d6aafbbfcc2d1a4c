// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/key_value/commit_plan.h"
#include "adapters/postgres/commit_call.h"

namespace sublet::adapters::postgres {

// Commits in two round trips: the tenant is locked and everything that they touch is read; they are
// planned one after the other, each over what the one before left; what they came to is written.
// Where a quota does not hold, what expired is taken away first, in batches, and they are planned
// again. Where they compute much, only the first ones are done.
class PlannedCommits final : public Transaction {
 public:
  PlannedCommits(const PostgresKeyValueOptions& options,
                 std::vector<std::unique_ptr<CommitCall>> calls);

  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows, Sender& sender) override;
  std::vector<std::unique_ptr<Call>> finish() override;
  std::vector<std::unique_ptr<Call>> take_calls() override;
  bool writes() const noexcept override { return true; }
  const std::string* tenant() const noexcept override { return &tenant_; }

 private:
  // A key that one of them touches.
  struct Row {
    StoredEntry stored;
    bool reads_value = false;
    bool written = false;
    bool removed = false;
    const KeyValueValue* value = nullptr;  // where it was written: the plan's or the request's
  };
  using Touched = std::map<KeyValueKey, Row>;

  void send_add(Sender& sender);
  void send_purge(Sender& sender);
  void send_reads(Sender& sender);
  void take_rows(const Rows& rows);
  void plan_all();
  void plan_one(const KeyValueCommit& commit);
  bool over_quota() const noexcept;
  void send_writes(Sender& sender);
  void send_puts(Sender& sender);
  void send_removes(Sender& sender);

  const PostgresKeyValueOptions& options_;
  const std::string tenant_;
  std::vector<std::unique_ptr<CommitCall>> calls_;
  KeyValueTime now_;
  std::size_t sent_ = 0;  // statements; the last two of a round lock and read
  bool has_tenant_ = false;
  bool may_purge_ = true;
  bool purging_ = false;  // the answer did not come yet
  bool planned_ = false;
  std::int64_t purged_until_ = INT64_MIN;
  std::uint64_t last_version_ = 0;  // before
  KeyValueUsage stored_usage_;      // before
  std::uint64_t version_ = 0;       // after
  KeyValueUsage usage_;             // after
  Touched rows_;
  std::vector<CommitPlan> plans_;
};

}  // namespace sublet::adapters::postgres

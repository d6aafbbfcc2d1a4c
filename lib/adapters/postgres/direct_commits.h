// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapters/key_value/commit_plan.h"
#include "adapters/postgres/commit_call.h"

namespace sublet::adapters::postgres {

// Commits in one round trip: the tenant is locked, then each commit is one statement that writes
// where conditions and quota hold. It answers what it found, from which the same plan as everywhere
// tells the answer. A tenant that has no row yet, or is over its quota while some entries expired,
// takes the other way.
class DirectCommits final : public Transaction {
 public:
  DirectCommits(const PostgresKeyValueOptions& options,
                std::vector<std::unique_ptr<CommitCall>> calls);

  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows, Sender& sender) override;
  std::vector<std::unique_ptr<Call>> finish() override;
  std::vector<std::unique_ptr<Call>> take_calls() override;
  bool writes() const noexcept override { return true; }
  const std::string* tenant() const noexcept override { return &tenant_; }

 private:
  void send_put(const CommitCall& call, Sender& sender) const;
  void send_writes(const CommitCall& call, Sender& sender) const;
  void take_commit(const CommitCall& call, const Rows& rows);

  const PostgresKeyValueOptions& options_;
  const std::string tenant_;
  std::vector<std::unique_ptr<CommitCall>> calls_;
  KeyValueTime now_;
  bool has_tenant_ = false;
  // After the commits that were taken so far.
  std::uint64_t version_ = 0;
  KeyValueUsage usage_;
  std::vector<CommitPlan> plans_;
};

}  // namespace sublet::adapters::postgres

// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/commit_call.h"

#include <algorithm>
#include <string_view>

#include "adapters/postgres/direct_commits.h"
#include "adapters/postgres/planned_commits.h"

namespace sublet::adapters::postgres {
namespace {

// A larger one is written in several statements, which a plan allows.
constexpr std::size_t kMostDirectBytes = 32u << 20;

}  // namespace

CommitCall::CommitCall(const PostgresKeyValueOptions& options, KeyValueCommit commit)
    : options_(options), request_(std::move(commit)) {
  std::string_view removed_in;
  for (const KeyValueWrite& write : request_.writes) {
    bytes_ += write.at.key.size() + write.value.data.size();
    computes_nothing_ &= write.kind != KeyValueWrite::Kind::kCompute;
    if (write.kind != KeyValueWrite::Kind::kRemove) continue;
    // The statement takes removes of one space.
    needs_plan |= removes_ > 0 && removed_in != write.at.space;
    removed_in = write.at.space;
    ++removes_;
  }
  needs_plan |= bytes_ > kMostDirectBytes;
}

std::unique_ptr<Transaction> commit_transaction(std::vector<std::unique_ptr<CommitCall>> calls) {
  const PostgresKeyValueOptions& options = calls.front()->options();
  const bool direct =
      std::all_of(calls.begin(), calls.end(), [](const auto& call) { return call->direct(); });
  if (direct) return std::make_unique<DirectCommits>(options, std::move(calls));
  return std::make_unique<PlannedCommits>(options, std::move(calls));
}

}  // namespace sublet::adapters::postgres

// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/direct_commits.h"

#include <utility>

#include "adapters/postgres/store_settings.h"
#include "base/check.h"

namespace sublet::adapters::postgres {
namespace {

using Kind = KeyValueWrite::Kind;
using Status = KeyValueCommitted::Status;

std::int64_t kind_of(const KeyValueWrite& write) {
  return write.kind == Kind::kPut ? 1 : write.kind == Kind::kRemove ? 2 : 0;
}

std::int64_t expiry_of(const KeyValueWrite& write, KeyValueTime now) {
  switch (write.expiry.kind) {
    case KeyValueExpiry::Kind::kNever:
      return kNeverExpires;
    case KeyValueExpiry::Kind::kKeep:
      return kKeepsExpiry;
    case KeyValueExpiry::Kind::kAfter:
      return as_bigint(now + write.expiry.ttl);
  }
  return kNeverExpires;
}

bool is_one_put(const KeyValueCommit& commit) {
  return commit.writes.size() == 1 && commit.writes[0].kind == Kind::kPut;
}

}  // namespace

DirectCommits::DirectCommits(const PostgresKeyValueOptions& options,
                             std::vector<std::unique_ptr<CommitCall>> calls)
    : options_(options), tenant_(calls.front()->request().tenant), calls_(std::move(calls)) {}

void DirectCommits::send(Sender& sender) {
  now_ = now_of(options_.clock);
  send_tenant(sender, options_, tenant_);
  Parameters parameters;
  parameters.bytes(tenant_);
  sender.statement(StatementId::kLockTenant, parameters);
  for (const auto& call : calls_) {
    is_one_put(call->request()) ? send_put(*call, sender) : send_writes(*call, sender);
  }
  sender.sync();
}

void DirectCommits::send_put(const CommitCall& call, Sender& sender) const {
  const KeyValueCommit& commit = call.request();
  const KeyValueWrite& put = commit.writes[0];
  Parameters parameters;
  parameters.bytes(tenant_).bytes(put.at.space).bytes(put.at.key);
  parameters.number(static_cast<std::int64_t>(put.value.type)).bytes(put.value.data);
  parameters.number(static_cast<std::int64_t>(put.condition.kind));
  parameters.number(as_bigint(put.condition.version));
  parameters.number(expiry_of(put, now_)).number(as_bigint(now_));
  parameters.number(as_bigint(commit.max_keys)).number(as_bigint(commit.max_bytes.count));
  sender.statement(StatementId::kPutOne, parameters);
}

void DirectCommits::send_writes(const CommitCall& call, Sender& sender) const {
  const KeyValueCommit& commit = call.request();
  const std::size_t count = commit.writes.size();
  ByteArray spaces(count), keys(count), values(count);
  std::string_view removed_in;
  ByteArray removed(call.removes());
  NumberArray types(count), kinds(count), conditions(count), wanted(count), expiries(count);
  for (const KeyValueWrite& write : commit.writes) {
    spaces.add(write.at.space);
    keys.add(write.at.key);
    types.add(static_cast<std::int64_t>(write.value.type));
    values.add(write.kind == Kind::kPut ? std::string_view(write.value.data) : std::string_view());
    kinds.add(kind_of(write));
    conditions.add(static_cast<std::int64_t>(write.condition.kind));
    wanted.add(as_bigint(write.condition.version));
    expiries.add(expiry_of(write, now_));
    if (write.kind != Kind::kRemove) continue;
    removed_in = write.at.space;
    removed.add(write.at.key);
  }
  Parameters parameters;
  parameters.bytes(tenant_).array(std::move(spaces)).array(std::move(keys));
  parameters.array(std::move(types)).array(std::move(values)).array(std::move(kinds));
  parameters.array(std::move(conditions)).array(std::move(wanted)).array(std::move(expiries));
  parameters.number(as_bigint(now_)).number(as_bigint(commit.max_keys));
  parameters.number(as_bigint(commit.max_bytes.count));
  parameters.bytes(removed_in).array(std::move(removed));
  sender.statement(StatementId::kWriteMany, parameters);
}

void DirectCommits::take(std::size_t statement, const Rows& rows, Sender&) {
  const std::size_t lock = settings_in_front(options_);
  if (statement < lock) return;
  if (statement == lock) {
    has_tenant_ = rows.size() == 1;
    if (!has_tenant_) return;
    version_ = static_cast<std::uint64_t>(rows.number(0, 0));
    usage_.keys = static_cast<std::uint64_t>(rows.number(0, 1));
    usage_.bytes.count = static_cast<std::uint64_t>(rows.number(0, 2));
    return;
  }
  if (has_tenant_) take_commit(*calls_.at(statement - lock - 1), rows);
}

void DirectCommits::take_commit(const CommitCall& call, const Rows& rows) {
  std::vector<StoredEntry> stored(call.request().writes.size());
  for (std::size_t row = 0; row < std::min(rows.size(), stored.size()); ++row) {
    stored[row].version = static_cast<std::uint64_t>(rows.number(row, 0));
    stored[row].bytes = static_cast<std::uint64_t>(rows.number(row, 1));
    if (!rows.is_null(row, 2)) stored[row].expires_at = as_time(rows.number(row, 2));
  }
  plans_.push_back(plan_commit(call.request(), stored, usage_, version_ + 1, now_));
  KeyValueCommitted& answer = plans_.back().answer;
  const bool written = rows.size() > 0 && !rows.is_null(0, 3);
  // Both have to come to the same; what was written is what counts.
  (void)SUBLET_CHECK(written == (answer.status == Status::kCommitted));
  if (!written) return;
  usage_ = answer.usage;
  version_ = static_cast<std::uint64_t>(rows.number(0, 3));
}

std::vector<std::unique_ptr<Call>> DirectCommits::finish() {
  std::vector<std::unique_ptr<Call>> again;
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    if (!has_tenant_ || plans_.at(i).over_quota()) {
      calls_[i]->needs_plan = true;
      calls_[i]->adds_tenant = !has_tenant_;
      again.push_back(std::move(calls_[i]));
    } else {
      calls_[i]->answer(std::move(plans_[i].answer));
    }
  }
  return again;
}

std::vector<std::unique_ptr<Call>> DirectCommits::take_calls() {
  std::vector<std::unique_ptr<Call>> calls;
  for (auto& call : calls_) calls.push_back(std::move(call));
  return calls;
}

}  // namespace sublet::adapters::postgres

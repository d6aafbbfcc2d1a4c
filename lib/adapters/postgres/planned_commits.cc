// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/planned_commits.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "adapters/postgres/store_settings.h"

namespace sublet::adapters::postgres {
namespace {

using Status = KeyValueCommitted::Status;

// The server takes no more than 1 GiB in one message.
constexpr std::size_t kMostBytesOfPuts = 32u << 20;

}  // namespace

PlannedCommits::PlannedCommits(const PostgresKeyValueOptions& options,
                               std::vector<std::unique_ptr<CommitCall>> calls)
    : options_(options), tenant_(calls.front()->request().tenant), calls_(std::move(calls)) {
  for (const auto& call : calls_) {
    for (const KeyValueWrite& write : call->request().writes) {
      rows_[write.at].reads_value |= reads_current(write);
    }
  }
}

void PlannedCommits::send(Sender& sender) {
  now_ = now_of(options_.clock);
  send_tenant(sender, options_, tenant_);
  sent_ = settings_in_front(options_);
  const bool adds =
      std::any_of(calls_.begin(), calls_.end(), [](const auto& call) { return call->adds_tenant; });
  if (adds) send_add(sender);
  send_reads(sender);
}

// What an erase that was under way gave out as versions is seen behind the first statement only.
void PlannedCommits::send_add(Sender& sender) {
  Parameters parameters;
  parameters.bytes(tenant_);
  sender.statement(StatementId::kAddTenant, parameters);
  sender.statement(StatementId::kRaiseVersion, parameters);
  sent_ += 2;
}

void PlannedCommits::send_reads(Sender& sender) {
  ByteArray spaces(rows_.size()), keys(rows_.size());
  NumberArray wanted(rows_.size());
  for (const auto& [at, row] : rows_) {
    spaces.add(at.space);
    keys.add(at.key);
    wanted.add(row.reads_value ? 1 : 0);
  }
  Parameters lock;
  lock.bytes(tenant_);
  sender.statement(StatementId::kLockTenant, lock);
  Parameters read;
  read.bytes(tenant_).array(std::move(spaces)).array(std::move(keys)).array(std::move(wanted));
  sender.statement(StatementId::kReadRows, read);
  sent_ += 2;
  sender.flush();
}

void PlannedCommits::take(std::size_t statement, const Rows& rows, Sender& sender) {
  if (planned_) return;
  if (statement + 3 == sent_ && std::exchange(purging_, false)) {
    may_purge_ = rows.number(0, 0) == kTenantBatch;
    purged_until_ = rows.number(0, 1);
  }
  if (statement + 2 == sent_) has_tenant_ = rows.size() == 1;
  if (statement + 2 == sent_ && has_tenant_) {
    last_version_ = static_cast<std::uint64_t>(rows.number(0, 0));
    stored_usage_.keys = static_cast<std::uint64_t>(rows.number(0, 1));
    stored_usage_.bytes.count = static_cast<std::uint64_t>(rows.number(0, 2));
  }
  if (statement + 1 != sent_) return;
  // Without the tenant there is no lock; an erase may take it away at any time.
  if (!has_tenant_) {
    send_add(sender);
    return send_reads(sender);
  }
  take_rows(rows);
  plan_all();
  if (over_quota() && may_purge_) {
    send_purge(sender);
    return send_reads(sender);
  }
  planned_ = true;
  send_writes(sender);
}

void PlannedCommits::send_purge(Sender& sender) {
  purging_ = true;
  Parameters parameters;
  parameters.bytes(tenant_).number(purged_until_).number(as_bigint(now_)).number(kTenantBatch);
  sender.statement(StatementId::kPurgeTenant, parameters);
  ++sent_;
}

// The rows come by their place in rows_, in no order.
void PlannedCommits::take_rows(const Rows& rows) {
  std::vector<Touched::value_type*> places;
  for (auto& row : rows_) {
    row.second = {{}, row.second.reads_value, false, false, nullptr};
    places.push_back(&row);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto& [at, row] = *places.at(static_cast<std::size_t>(rows.number(i, 0) - 1));
    StoredEntry& stored = row.stored;
    stored.version = static_cast<std::uint64_t>(rows.number(i, 1));
    if (!rows.is_null(i, 2)) stored.expires_at = as_time(rows.number(i, 2));
    stored.bytes = static_cast<std::uint64_t>(rows.number(i, 3));
    if (!row.reads_value || !is_alive(stored.expires_at, now_)) continue;
    KeyValueValue value{static_cast<KeyValueType>(rows.number(i, 4)),
                        std::string(rows.bytes(i, 5))};
    stored.entry = KeyValueEntry{at.key, std::move(value), stored.version,
                                 as_time(rows.number(i, 6)), stored.expires_at};
  }
}

void PlannedCommits::plan_all() {
  version_ = last_version_;
  usage_ = stored_usage_;
  plans_.clear();
  plans_.reserve(calls_.size());  // rows point into them
  std::size_t computed = 0;
  for (const auto& call : calls_) {
    // How much a compute makes is known when it made it. The others come next.
    if (computed > kMostJoinedBytes) break;
    plan_one(call->request());
    for (const PlannedWrite& write : plans_.back().writes) {
      if (write.computed) computed += write.computed->data.size();
    }
  }
}

void PlannedCommits::plan_one(const KeyValueCommit& commit) {
  std::vector<StoredEntry> stored;
  stored.reserve(commit.writes.size());
  for (const KeyValueWrite& write : commit.writes) stored.push_back(rows_.at(write.at).stored);
  plans_.push_back(plan_commit(commit, stored, usage_, version_ + 1, now_));
  const CommitPlan& plan = plans_.back();
  if (plan.answer.status != Status::kCommitted) return;
  ++version_;
  usage_ = plan.answer.usage;
  for (const PlannedWrite& write : plan.writes) {
    const KeyValueKey& at = commit.writes[write.write].at;
    Row& row = rows_.at(at);
    row.written = true;
    row.removed = write.remove;
    row.stored = {};
    if (write.remove) continue;
    row.value = &write.value(commit);
    row.stored.bytes = at.key.size() + row.value->data.size();
    row.stored.version = version_;
    row.stored.expires_at = write.expires_at;
    if (row.reads_value) {
      row.stored.entry = KeyValueEntry{at.key, *row.value, version_, now_, write.expires_at};
    }
  }
}

bool PlannedCommits::over_quota() const noexcept {
  return std::any_of(plans_.begin(), plans_.end(), [](const auto& p) { return p.over_quota(); });
}

void PlannedCommits::send_writes(Sender& sender) {
  if (version_ != last_version_) {
    send_removes(sender);
    send_puts(sender);
    Parameters parameters;
    parameters.bytes(tenant_).number(as_bigint(version_)).number(as_bigint(usage_.keys));
    parameters.number(as_bigint(usage_.bytes.count));
    sender.statement(StatementId::kSetTenantUsage, parameters);
  }
  sender.sync();
}

void PlannedCommits::send_puts(Sender& sender) {
  auto next = rows_.begin();
  while (next != rows_.end()) {
    std::vector<const Touched::value_type*> puts;
    for (std::size_t bytes = 0; next != rows_.end() && bytes < kMostBytesOfPuts; ++next) {
      if (!next->second.written || next->second.removed) continue;
      puts.push_back(&*next);
      bytes += next->second.stored.bytes;
    }
    if (puts.empty()) return;
    ByteArray spaces(puts.size()), keys(puts.size()), values(puts.size());
    NumberArray types(puts.size()), versions(puts.size()), expiries(puts.size());
    for (const auto* put : puts) {
      const auto& [at, row] = *put;
      spaces.add(at.space);
      keys.add(at.key);
      types.add(static_cast<std::int64_t>(row.value->type));
      values.add(row.value->data);
      versions.add(as_bigint(row.stored.version));
      expiries.add(row.stored.expires_at ? as_bigint(*row.stored.expires_at) : kNeverExpires);
    }
    Parameters parameters;
    parameters.bytes(tenant_).array(std::move(spaces)).array(std::move(keys));
    parameters.array(std::move(types)).array(std::move(values)).array(std::move(versions));
    parameters.number(as_bigint(now_)).array(std::move(expiries));
    sender.statement(StatementId::kPutRows, parameters);
  }
}

// A statement for each space, so that an index finds the keys.
void PlannedCommits::send_removes(Sender& sender) {
  std::map<std::string_view, std::vector<std::string_view>> removed;
  for (const auto& [at, row] : rows_) {
    if (row.written && row.removed) removed[at.space].push_back(at.key);
  }
  for (const auto& [space, keys] : removed) {
    ByteArray array(keys.size());
    for (const std::string_view key : keys) array.add(key);
    Parameters parameters;
    parameters.bytes(tenant_).bytes(space).array(std::move(array));
    sender.statement(StatementId::kRemoveRows, parameters);
  }
}

std::vector<std::unique_ptr<Call>> PlannedCommits::finish() {
  std::vector<std::unique_ptr<Call>> again;
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    if (i < plans_.size()) {
      calls_[i]->answer(std::move(plans_[i].answer));
    } else {
      again.push_back(std::move(calls_[i]));
    }
  }
  return again;
}

std::vector<std::unique_ptr<Call>> PlannedCommits::take_calls() {
  std::vector<std::unique_ptr<Call>> calls;
  for (auto& call : calls_) calls.push_back(std::move(call));
  return calls;
}

}  // namespace sublet::adapters::postgres

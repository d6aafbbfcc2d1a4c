// SPDX-License-Identifier: Apache-2.0
#include "adapters/key_value/commit_plan.h"

#include <exception>
#include <string>
#include <utility>

namespace sublet::adapters {
namespace {

using Status = KeyValueCommitted::Status;
using Kind = KeyValueWrite::Kind;

std::uint64_t live_version(const StoredEntry& stored, KeyValueTime now) {
  return stored.version != 0 && is_alive(stored.expires_at, now) ? stored.version : 0;
}

std::optional<KeyValueTime> expiry_of(const KeyValueWrite& write, const StoredEntry& stored,
                                      KeyValueTime now) {
  switch (write.expiry.kind) {
    case KeyValueExpiry::Kind::kNever:
      return std::nullopt;
    case KeyValueExpiry::Kind::kKeep:
      return live_version(stored, now) == 0 ? std::nullopt : stored.expires_at;
    case KeyValueExpiry::Kind::kAfter:
      return now + write.expiry.ttl;
  }
  return std::nullopt;
}

Result<std::optional<KeyValueValue>> compute(const KeyValueWrite& write, const StoredEntry& stored,
                                             std::uint64_t version) {
  try {
    const bool wanted = write.needs_current && stored.entry.has_value();
    auto made = write.compute(wanted ? &*stored.entry : nullptr, version);
    if (made.has_value() && made->has_value() &&
        (*made)->data.size() > KeyValueStore::kMaxValueBytes) {
      return Error{ErrorCode::kInvalidArgument,
                   "the value's size in bytes is " + std::to_string((*made)->data.size()) +
                       "; it must be at most " + std::to_string(KeyValueStore::kMaxValueBytes)};
    }
    return made;
  } catch (...) {  // what it says is not for those who are told of a refusal
    return Error{ErrorCode::kInternal, "a compute threw"};
  }
}

// Makes one plan; see plan_commit().
class Planner {
 public:
  Planner(const KeyValueCommit& commit, const std::vector<StoredEntry>& stored,
          const KeyValueUsage& usage, std::uint64_t version, KeyValueTime now)
      : commit_(commit),
        stored_(stored),
        before_(usage),
        grown_from_(usage),
        version_(version),
        now_(now) {
    plan_.answer.version = version;
    plan_.answer.usage = usage;
  }

  CommitPlan make() && {
    if (conditions_hold() && values_are_made() && quota_holds()) return std::move(plan_);
    plan_.writes.clear();
    plan_.answer.existed.clear();
    plan_.answer.usage = before_;
    return std::move(plan_);
  }

 private:
  bool conditions_hold() {
    for (std::size_t i = 0; i < commit_.writes.size(); ++i) {
      const std::uint64_t present = live_version(stored_[i], now_);
      plan_.answer.existed.push_back(present != 0);
      if (commit_.writes[i].condition.holds(present)) continue;
      plan_.answer.status = Status::kConflict;
      plan_.answer.version = present;
      plan_.answer.failed = i;
      return false;
    }
    return true;
  }

  bool values_are_made() {
    for (std::size_t i = 0; i < commit_.writes.size(); ++i) {
      const KeyValueWrite& write = commit_.writes[i];
      if (write.kind == Kind::kCheck) continue;
      PlannedWrite planned;
      planned.write = i;
      planned.remove = write.kind == Kind::kRemove;
      if (write.kind == Kind::kCompute) {
        auto made = compute(write, stored_[i], version_);
        if (!made.has_value()) return refuse(i, std::move(made).error().message);
        planned.remove = !made->has_value();
        planned.computed = *std::move(made);
      }
      if (!planned.remove) planned.expires_at = expiry_of(write, stored_[i], now_);
      if (planned.remove && stored_[i].version == 0) continue;
      account(planned, stored_[i]);
      plan_.writes.push_back(std::move(planned));
    }
    return true;
  }

  bool refuse(std::size_t write, std::string message) {
    plan_.answer.status = Status::kRefused;
    plan_.answer.failed = write;
    plan_.answer.message = std::move(message);
    return false;
  }

  void account(const PlannedWrite& planned, const StoredEntry& stored) {
    KeyValueUsage& usage = plan_.answer.usage;
    if (stored.version != 0) {
      take(usage, stored.bytes);
      // What had expired was not the tenant's any more: in its place, anything is growth.
      if (!is_alive(stored.expires_at, now_)) take(grown_from_, stored.bytes);
    }
    if (planned.remove) return;
    ++usage.keys;
    usage.bytes.count +=
        commit_.writes[planned.write].at.key.size() + planned.value(commit_).data.size();
  }

  static void take(KeyValueUsage& usage, std::uint64_t bytes) {
    --usage.keys;
    usage.bytes.count -= bytes;
  }

  bool quota_holds() {
    const KeyValueUsage& after = plan_.answer.usage;
    if (after.keys > grown_from_.keys && after.keys > commit_.max_keys) {
      plan_.answer.status = Status::kOverKeys;
      return false;
    }
    if (after.bytes > grown_from_.bytes && after.bytes > commit_.max_bytes) {
      plan_.answer.status = Status::kOverBytes;
      return false;
    }
    return true;
  }

  const KeyValueCommit& commit_;
  const std::vector<StoredEntry>& stored_;
  const KeyValueUsage before_;
  // What the quota compares with.
  KeyValueUsage grown_from_;
  const std::uint64_t version_;
  const KeyValueTime now_;
  CommitPlan plan_;
};

}  // namespace

bool reads_current(const KeyValueWrite& write) noexcept {
  return write.kind == Kind::kCompute && write.needs_current;
}

bool is_alive(const std::optional<KeyValueTime>& expires_at, KeyValueTime now) noexcept {
  return !expires_at.has_value() || now < *expires_at;
}

CommitPlan plan_commit(const KeyValueCommit& commit, const std::vector<StoredEntry>& stored,
                       const KeyValueUsage& usage, std::uint64_t version, KeyValueTime now) {
  return Planner(commit, stored, usage, version, now).make();
}

KeyValueTime now_of(const KeyValueClock& clock) {
  if (clock) return clock();
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace sublet::adapters

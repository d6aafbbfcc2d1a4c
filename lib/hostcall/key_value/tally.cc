// SPDX-License-Identifier: Apache-2.0
#include "hostcall/key_value/tally.h"

#include <algorithm>

#include "base/json_scan.h"
#include "hostcall/key_value/answers.h"

namespace sublet::hostcall {
namespace {

using Step = KeyValueStep;

std::string larger(std::string_view what, std::uint64_t size, Bytes limit, std::string_view name) {
  return std::string(what) + " has " + std::to_string(size) + " bytes, more than the limit of " +
         std::to_string(limit.count) + " (" + std::string(name) + ")";
}

struct Weight {
  std::uint32_t reads = 0;
  std::uint32_t writes = 0;
};

Weight weight_of(const KeyValueCall& call) {
  Weight weight;
  for (const Step& step : call.steps) {
    if (step.kind == Step::Kind::kCheck) {
      ++weight.reads;
    } else {
      weight.writes += std::max<std::uint32_t>(1, static_cast<std::uint32_t>(step.updates.size()));
    }
  }
  if (call.steps.empty()) {
    weight.reads = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(call.keys.size()));
  }
  return weight;
}

}  // namespace

std::optional<CheckedAnswer> KeyValueTally::admit(const KeyValueCall& call) {
  if (!call.name_space.empty() && std::find(access_->namespaces.begin(), access_->namespaces.end(),
                                            call.name_space) == access_->namespaces.end()) {
    return refusal(call, {}, "kv_denied",
                   "the manifest names no namespace " + quoted(call.name_space));
  }
  for (const std::string& key : call.keys) {
    if (auto refused = check_key(call, key)) return refused;
  }
  if (auto refused = check_steps(call)) return refused;
  return count(call);
}

std::optional<CheckedAnswer> KeyValueTally::check_key(const KeyValueCall& call,
                                                      const std::string& key) {
  if (key.size() <= limits_.kv_key.count || pass(Limit::kKvKey)) return std::nullopt;
  return refusal(call, key, "kv_limit", larger("the key", key.size(), limits_.kv_key, "kv_key"));
}

std::optional<CheckedAnswer> KeyValueTally::check_steps(const KeyValueCall& call) {
  for (const Step& step : call.steps) {
    if (auto refused = check_key(call, step.key)) return refused;
    std::string fault = check_operands(step);
    if (fault.empty() && step.kind == Step::Kind::kSet) fault = check_value(step.value);
    if (!fault.empty()) {
      return refusal(call, step.key, "kv_limit", fault);
    }
  }
  return std::nullopt;
}

// They are held until the store has done with them, and it walks through what they make.
std::string KeyValueTally::check_operands(const Step& step) {
  std::uint64_t size = 0;
  for (const KeyValueUpdate& update : step.updates) {
    size += update.path.size() + update.operand.size();
  }
  return check_bytes("the update", size);
}

std::string KeyValueTally::check_bytes(std::string_view what, std::uint64_t size) {
  if (size > limits_.kv_value.count && !pass(Limit::kKvValue)) {
    return larger(what, size, limits_.kv_value, "kv_value");
  }
  if (size <= KeyValueStore::kMaxValueBytes) return {};
  return larger(what, size, Bytes{KeyValueStore::kMaxValueBytes}, "of a store");
}

std::string KeyValueTally::check_value(const KeyValueValue& value) {
  if (std::string fault = check_bytes("the value", value.data.size()); !fault.empty()) return fault;
  if (value.type == KeyValueType::kBytes) return {};
  const base::JsonScan scan = base::scan_json(value.data, limits_.payload_depth);
  if (scan.fault != base::JsonFault::kTooDeep || pass(Limit::kPayloadDepth)) return {};
  return "the value is nested deeper than the limit of " + std::to_string(limits_.payload_depth) +
         " (payload_depth)";
}

std::optional<CheckedAnswer> KeyValueTally::count(const KeyValueCall& call) {
  const Weight weight = weight_of(call);
  const std::uint32_t wanted = weight.reads + weight.writes;
  if (wanted > operations_left() && !pass(Limit::kKvOperations)) {
    outcome_ = Outcome::kExceededHostCalls;
    return refusal(call, first_key(call), "kv_limit",
                   "the limit of " + std::to_string(limits_.kv_operations) +
                       " operations in an invocation is reached (kv_operations)");
  }
  const Rate& rate = access_->quota.rate;
  const std::uint64_t burst = policy::burst_of(rate);
  if (wanted > burst && !pass(Limit::kKvRate)) {  // no waiting helps
    return refusal(call, first_key(call), "kv_limit",
                   std::to_string(wanted) + " operations are more than the tenant's rate allows " +
                       "at once, " + std::to_string(burst) + " (kv.rate)");
  }
  if (!access_->meter->take(rate, wanted, clock_.now()) && !pass(Limit::kKvRate)) {
    outcome_ = Outcome::kThrottled;
    return refusal(call, first_key(call), "kv_rate",
                   "the tenant's rate of " + std::to_string(rate.count) + " operations in " +
                       std::to_string(rate.per.count()) + " ms is used up (kv.rate)");
  }
  operations_.fetch_add(wanted, std::memory_order_relaxed);
  reads_.fetch_add(weight.reads, std::memory_order_relaxed);
  writes_.fetch_add(weight.writes, std::memory_order_relaxed);
  return std::nullopt;
}

std::uint64_t KeyValueTally::largest_answer() const {
  return contains(limits_.dry_run, Limit::kResult) ? UINT64_MAX : limits_.result.count;
}

CheckedAnswer KeyValueTally::bounded(CheckedAnswer answer, const KeyValueCall& call,
                                     std::string_view key) {
  if (!answer.ok || answer.text.size() <= limits_.result.count) return answer;
  if (pass(Limit::kResult)) return answer;
  return refusal(call, key, "kv_limit",
                 "the answer is larger than the limit of " + std::to_string(limits_.result.count) +
                     " bytes (result)");
}

CheckedAnswer KeyValueTally::failed(const KeyValueCall& call, std::string_view key,
                                    const Error& error) const {
  if (error.code != ErrorCode::kInvalidArgument && access_->on_fault) {
    access_->on_fault("tenant " + access_->tenant + ", " + called(call, key) + ": " +
                      error.message);
  }
  return refusal(call, key, error);
}

void KeyValueTally::add_read(std::uint64_t bytes) {
  bytes_read_.fetch_add(bytes, std::memory_order_relaxed);
}

void KeyValueTally::add_written(std::uint64_t bytes) {
  bytes_written_.fetch_add(bytes, std::memory_order_relaxed);
}

void KeyValueTally::set_quota(KeyValueCommit& commit) const {
  if (!contains(limits_.dry_run, Limit::kKvKeys)) commit.max_keys = access_->quota.keys;
  if (!contains(limits_.dry_run, Limit::kKvBytes)) commit.max_bytes = access_->quota.bytes;
}

void KeyValueTally::note(const KeyValueCommitted& committed) {
  using Status = KeyValueCommitted::Status;
  if (committed.status == Status::kConflict || committed.status == Status::kRefused) return;
  note_quota(Limit::kKvKeys, committed.usage.keys, access_->quota.keys,
             committed.status == Status::kOverKeys);
  note_quota(Limit::kKvBytes, committed.usage.bytes.count, access_->quota.bytes.count,
             committed.status == Status::kOverBytes);
}

void KeyValueTally::note_quota(Limit limit, std::uint64_t used, std::uint64_t quota, bool refused) {
  if (refused || used > quota) {
    pass(limit);
  }
  if (access_->meter->nears(limit, used, quota, refused) && access_->on_quota) {
    access_->on_quota(limit, used, quota);
  }
}

std::uint32_t KeyValueTally::operations_left() const {
  return limits_.kv_operations - std::min(operations_.load(), limits_.kv_operations);
}

std::uint64_t KeyValueTally::rate_left() const {
  return access_->meter->available(access_->quota.rate, clock_.now());
}

std::optional<Outcome> KeyValueTally::outcome() const {
  const Outcome outcome = outcome_.load();
  return outcome == Outcome::kOk ? std::nullopt : std::optional<Outcome>(outcome);
}

void KeyValueTally::add_to(Usage& usage) const {
  usage.kv_reads = reads_;
  usage.kv_writes = writes_;
  usage.kv_bytes_read = Bytes{bytes_read_};
  usage.kv_bytes_written = Bytes{bytes_written_};
  usage.limits_exceeded |= passed_;
}

bool KeyValueTally::pass(Limit limit) {
  passed_.fetch_or(static_cast<LimitSet>(limit));
  return contains(limits_.dry_run, limit);
}

}  // namespace sublet::hostcall

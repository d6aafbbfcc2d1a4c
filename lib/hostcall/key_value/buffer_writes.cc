// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "hostcall/key_value/answers.h"
#include "hostcall/key_value/buffer.h"
#include "hostcall/key_value/direct.h"
#include "hostcall/key_value/steps.h"

namespace sublet::hostcall {

using Operation = KeyValueOperation;
using Step = KeyValueStep;

void KeyValueBuffer::write(KeyValueCall call, AnswerReply reply) {
  CheckedAnswer answer;
  std::vector<KeyValueKey> needed;
  {
    base::MutexLock lock(mutex_);
    for (const Step& step : call.steps) {
      KeyValueKey at{space_of(tally_->access(), call), step.key};
      const bool reads =
          step.kind == Step::Kind::kUpdate || step.condition.kind != KeyValueCondition::Kind::kNone;
      if (reads && !pending_.contains(at)) needed.push_back(std::move(at));
    }
    reading_ = !needed.empty();
    if (!reading_) answer = apply(call, {});
  }
  if (needed.empty()) return reply(std::move(answer));
  write_after_read(std::move(call), std::move(reply), std::move(needed));
}

void KeyValueBuffer::write_after_read(KeyValueCall call, AnswerReply reply,
                                      std::vector<KeyValueKey> needed) {
  KeyValueGet request{tally_->access().tenant, needed};
  tally_->access().store->get(
      std::move(request),
      [self = shared_from_this(), call = std::move(call), reply = std::move(reply),
       needed = std::move(needed)](Result<Entries> answered) {
        Result<Entries> found = sound_entries(std::move(answered), needed.size());
        reply(found.has_value() ? self->apply_read(call, needed, *std::move(found))
                                : self->give_up_read(call, found.error()));
        self->go_on();
      });
}

CheckedAnswer KeyValueBuffer::apply_read(const KeyValueCall& call,
                                         const std::vector<KeyValueKey>& needed, Entries found) {
  base::MutexLock lock(mutex_);
  reading_ = false;
  ReadEntries read;
  for (std::size_t i = 0; i < needed.size(); ++i) {
    saw(needed[i], found[i]);
    read.emplace(needed[i], std::move(found[i]));
  }
  return apply(call, read);
}

CheckedAnswer KeyValueBuffer::give_up_read(const KeyValueCall& call, const Error& error) {
  {
    base::MutexLock lock(mutex_);
    reading_ = false;
  }
  return tally_->failed(call, first_key(call), error);
}

KeyValueBuffer::View KeyValueBuffer::view(const KeyValueKey& at, const ReadEntries& read) const {
  if (const auto own = pending_.find(at); own != pending_.end()) {
    const auto& value = own->second.value;
    return {value != nullptr, 0, value.get()};
  }
  const auto found = read.find(at);
  if (found == read.end() || !found->second.has_value()) return {};
  return {true, found->second->version, &found->second->value};
}

// A condition of a version never holds for what is not committed: it has none yet.
CheckedAnswer KeyValueBuffer::apply(const KeyValueCall& call, const ReadEntries& read) {
  constexpr std::uint64_t kWrittenHere = UINT64_MAX;
  const bool several = call.operation == Operation::kTransact;
  const std::string space = space_of(tally_->access(), call);
  std::vector<std::pair<KeyValueKey, Pending>> made;
  std::vector<KeyValueKey> checks;
  WriteAnswer answer;
  for (const Step& step : call.steps) {
    KeyValueKey at{space, step.key};
    const View now = view(at, read);
    const std::uint64_t version =
        !now.present ? 0 : (now.version != 0 ? now.version : kWrittenHere);
    if (!step.condition.holds(version)) {
      answer = {false, now.version, {}, {}, {}};
      if (several) answer.conflict = step.key;
      return answer_write(answer);
    }
    if (step.kind == Step::Kind::kCheck) {
      checks.push_back(std::move(at));
      continue;
    }
    Pending pending;
    if (step.kind == Step::Kind::kSet) {
      pending.value = std::make_shared<const KeyValueValue>(step.value);
    }
    if (step.kind == Step::Kind::kDelete && !several) answer.existed = known_to_exist(at);
    if (step.kind == Step::Kind::kUpdate) {
      auto value = update_value(*tally_, step, now.value);
      if (!value) return refusal(call, step.key, "kv_update", value.error().message);
      if (value->has_value()) {
        pending.value = std::make_shared<const KeyValueValue>(**std::move(value));
        if (!several) answer.value = pending.value->data;
      }
    }
    pending.expiry = expiry_of(step, at);
    made.emplace_back(std::move(at), std::move(pending));
  }
  return keep(std::move(made), std::move(checks))
             ? answer_write(answer)
             : refusal(call, first_key(call), "kv_limit",
                       "a transactional invocation may write and check " +
                           std::to_string(KeyValueStore::kMaxWrites) + " entries");
}

// Nullopt: whoever only removes has not asked.
std::optional<bool> KeyValueBuffer::known_to_exist(const KeyValueKey& at) const {
  if (const auto own = pending_.find(at); own != pending_.end()) {
    return own->second.value != nullptr;
  }
  const auto seen = seen_.find(at);
  return seen == seen_.end() ? std::nullopt : std::optional<bool>(seen->second != 0);
}

bool KeyValueBuffer::keep(std::vector<std::pair<KeyValueKey, Pending>> made,
                          std::vector<KeyValueKey> checks) {
  std::size_t fresh = 0;
  const auto is_known = [this](const KeyValueKey& at) SUBLET_REQUIRES(mutex_) {
    return pending_.contains(at) || checked_.contains(at);
  };
  for (const auto& [at, pending] : made) fresh += is_known(at) ? 0 : 1;
  for (const KeyValueKey& at : checks) fresh += is_known(at) ? 0 : 1;
  if (pending_.size() + checked_.size() + fresh > KeyValueStore::kMaxWrites) return false;
  for (auto& [at, pending] : made) {
    const std::size_t value = pending.value == nullptr ? 0 : pending.value->data.size();
    tally_->add_written(at.key.size() + value);
    checked_.erase(at);
    pending_.insert_or_assign(std::move(at), std::move(pending));
  }
  for (KeyValueKey& at : checks) {
    if (!pending_.contains(at)) checked_.insert(std::move(at));
  }
  return true;
}

KeyValueExpiry KeyValueBuffer::expiry_of(const Step& step, const KeyValueKey& at) const {
  if (step.kind == Step::Kind::kSet) return step.expiry.value_or(KeyValueExpiry::never());
  if (step.expiry.has_value()) return *step.expiry;
  const auto own = pending_.find(at);
  if (own == pending_.end()) return KeyValueExpiry::keep();
  return own->second.value != nullptr ? own->second.expiry : KeyValueExpiry::never();
}

bool KeyValueBuffer::has_writes() const {
  base::MutexLock lock(mutex_);
  return !pending_.empty() || is_busy();
}

void KeyValueBuffer::commit(AnswerReply reply) {
  {
    base::MutexLock lock(mutex_);
    if (is_busy()) {
      committing_ = std::move(reply);
      return;
    }
  }
  send_commit(std::move(reply));
}

// None where it was written without being read.
KeyValueCondition KeyValueBuffer::condition_of(const KeyValueKey& at) const {
  const auto seen = seen_.find(at);
  if (seen == seen_.end()) return {};
  return seen->second == 0 ? KeyValueCondition::absent() : KeyValueCondition::is(seen->second);
}

KeyValueCommit KeyValueBuffer::make_commit() {
  KeyValueCommit commit;
  commit.tenant = tally_->access().tenant;
  tally_->set_quota(commit);
  for (const auto& [at, pending] : pending_) {
    KeyValueWrite write;
    write.at = at;
    write.kind =
        pending.value != nullptr ? KeyValueWrite::Kind::kPut : KeyValueWrite::Kind::kRemove;
    if (pending.value != nullptr) write.value = *pending.value;
    write.expiry = pending.expiry;
    write.condition = condition_of(at);
    commit.writes.push_back(std::move(write));
  }
  if (commit.writes.empty()) return commit;  // nothing depends on what was checked
  for (const KeyValueKey& at : checked_) {
    KeyValueWrite check;
    check.at = at;
    check.kind = KeyValueWrite::Kind::kCheck;
    check.condition = condition_of(at);
    commit.writes.push_back(std::move(check));
  }
  return commit;
}

void KeyValueBuffer::send_commit(AnswerReply reply) {
  KeyValueCommit request;
  {
    base::MutexLock lock(mutex_);
    request = make_commit();
  }
  if (request.writes.empty()) return reply({true});
  std::vector<std::string> keys;
  for (const KeyValueWrite& write : request.writes) keys.push_back(write.at.key);
  tally_->access().store->commit(
      std::move(request), [tally = tally_, keys = std::move(keys),
                           reply = std::move(reply)](Result<KeyValueCommitted> answered) {
        const auto committed = sound_commit(std::move(answered), keys.size());
        KeyValueCall call;
        call.name = "kv (transactional)";
        if (!committed) return reply(tally->failed(call, {}, committed.error()));
        tally->note(*committed);
        if (auto refused = commit_refusal(tally->access(), call, {}, *committed)) {
          return reply(*std::move(refused));
        }
        if (committed->status == KeyValueCommitted::Status::kCommitted) return reply({true});
        reply(refusal(call, keys[committed->failed], "kv_conflict",
                      "the entry was changed while the invocation ran; nothing was written"));
      });
}

}  // namespace sublet::hostcall

// SPDX-License-Identifier: Apache-2.0
#include "hostcall/key_value/direct.h"

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "hostcall/key_value/answers.h"
#include "hostcall/key_value/steps.h"

namespace sublet::hostcall {
namespace {

using Operation = KeyValueOperation;
using Tally = std::shared_ptr<KeyValueTally>;
using Entries = std::vector<std::optional<KeyValueEntry>>;

void get(const Tally& tally, KeyValueCall call, AnswerReply reply) {
  const KeyValueAccess& access = tally->access();
  KeyValueGet request;
  request.tenant = access.tenant;
  if (call.operation == Operation::kGet) {
    request.keys.push_back({space_of(access, call), call.keys.front()});
    access.store->get(std::move(request), [tally, call = std::move(call),
                                           reply = std::move(reply)](Result<Entries> answered) {
      const std::string& key = call.keys.front();
      Result<Entries> found = sound_entries(std::move(answered), 1);
      if (!found) return reply(tally->failed(call, key, found.error()));
      tally->add_read(size_of(*found));
      reply(tally->bounded(answer_value(std::move(found->front())), call, key));
    });
    return;
  }
  UniqueKeys asked = unique_keys(call.keys);
  if (asked.keys.empty()) return reply(answer_entries({}, {}, tally->largest_answer()));
  for (std::string& key : asked.keys) {
    request.keys.push_back({space_of(access, call), std::move(key)});
  }
  access.store->get(std::move(request), [tally, call = std::move(call), reply = std::move(reply),
                                         asked = std::move(asked)](Result<Entries> answered) {
    Result<Entries> found = sound_entries(std::move(answered), asked.keys.size());
    if (!found) return reply(tally->failed(call, first_key(call), found.error()));
    tally->add_read(size_of(*found));
    reply(tally->bounded(answer_entries(*found, asked.places, tally->largest_answer()), call,
                         first_key(call)));
  });
}

void list(const Tally& tally, KeyValueCall call, AnswerReply reply) {
  const KeyValueAccess& access = tally->access();
  KeyValueList request = *call.list;
  request.tenant = access.tenant;
  request.space = space_of(access, call);
  // Escapes may double a text; what is still larger is refused.
  request.max_bytes = Bytes{tally->limits().result.count / 2};
  const bool keys_only = request.keys_only;
  access.store->list(std::move(request), [tally, keys_only, call = std::move(call),
                                          reply = std::move(reply)](Result<KeyValuePage> page) {
    if (!page) return reply(tally->failed(call, {}, page.error()));
    std::uint64_t bytes = 0;
    for (const KeyValueEntry& entry : page->entries) bytes += size_of(entry);
    tally->add_read(bytes);
    std::optional<std::string> cursor;
    if (page->more && !page->entries.empty()) cursor = page->entries.back().key;
    reply(tally->bounded(answer_page(page->entries, keys_only, cursor), call, {}));
  });
}

// What the answer to a commit needs besides the commit.
struct CommitMemory {
  KeyValueCall call;  // without its steps
  std::vector<std::string> keys;
  bool removes = false;
  MadeValue made;
};

CheckedAnswer answer_commit(KeyValueTally& tally, const CommitMemory& memory,
                            const KeyValueCommitted& committed) {
  tally.note(committed);
  const bool several = memory.call.operation == Operation::kTransact;
  const std::string& failed = memory.keys[committed.failed];
  const bool names_one = !several || committed.status == KeyValueCommitted::Status::kRefused;
  if (auto refused = commit_refusal(tally.access(), memory.call, names_one ? failed : std::string(),
                                    committed)) {
    return *std::move(refused);
  }
  WriteAnswer answer;
  answer.ok = committed.status == KeyValueCommitted::Status::kCommitted;
  answer.version = committed.version;
  if (!answer.ok && several) answer.conflict = failed;
  if (answer.ok && memory.removes) answer.existed = committed.existed.front();
  if (answer.ok && memory.made != nullptr && memory.made->has_value()) {
    tally.add_written((*memory.made)->data.size());
    answer.value = (*memory.made)->data;
  }
  return tally.bounded(answer_write(answer), memory.call, names_one ? failed : std::string());
}

void commit(const Tally& tally, KeyValueCall call, AnswerReply reply) {
  const KeyValueAccess& access = tally->access();
  CommitMemory memory;
  KeyValueCommit request;
  request.tenant = access.tenant;
  tally->set_quota(request);
  memory.removes =
      call.operation == Operation::kWrite && call.steps.front().kind == KeyValueStep::Kind::kDelete;
  if (call.operation == Operation::kUpdate) {
    memory.made = std::make_shared<std::optional<KeyValueValue>>();
  }
  for (KeyValueStep& step : call.steps) {
    memory.keys.push_back(step.key);
    if (step.kind != KeyValueStep::Kind::kCheck) tally->add_written(size_of(step));
    request.writes.push_back(write_of(tally, std::move(step), space_of(access, call), memory.made));
  }
  call.steps.clear();
  memory.call = std::move(call);
  access.store->commit(
      std::move(request), [tally, memory = std::move(memory),
                           reply = std::move(reply)](Result<KeyValueCommitted> answered) {
        const Result<KeyValueCommitted> committed =
            sound_commit(std::move(answered), memory.keys.size());
        if (committed.has_value()) return reply(answer_commit(*tally, memory, *committed));
        const std::string_view key =
            memory.keys.size() == 1 ? std::string_view(memory.keys.front()) : std::string_view();
        reply(tally->failed(memory.call, key, committed.error()));
      });
}

}  // namespace

UniqueKeys unique_keys(const std::vector<std::string>& keys) {
  UniqueKeys unique;
  std::unordered_map<std::string_view, std::size_t> known;
  for (const std::string& key : keys) {
    const auto [at, is_new] = known.try_emplace(key, unique.keys.size());
    if (is_new) unique.keys.push_back(key);
    unique.places.push_back(at->second);
  }
  return unique;
}

Result<Entries> sound_entries(Result<Entries> found, std::size_t asked) {
  if (!found.has_value() || found->size() == asked) return found;
  return Error{ErrorCode::kInternal, "the store answered " + std::to_string(found->size()) +
                                         " entries, asked for " + std::to_string(asked)};
}

Result<KeyValueCommitted> sound_commit(Result<KeyValueCommitted> committed, std::size_t writes) {
  using Status = KeyValueCommitted::Status;
  if (!committed.has_value()) return committed;
  const bool sound = committed->status == Status::kCommitted ? committed->existed.size() == writes
                                                             : committed->failed < writes;
  if (sound) return committed;
  return Error{ErrorCode::kInternal, "the store's answer to a commit does not fit it"};
}

std::uint64_t size_of(const KeyValueEntry& entry) {
  return entry.key.size() + entry.value.data.size();
}

std::uint64_t size_of(const std::vector<std::optional<KeyValueEntry>>& entries) {
  std::uint64_t bytes = 0;
  for (const auto& entry : entries) bytes += entry.has_value() ? size_of(*entry) : 0;
  return bytes;
}

std::optional<CheckedAnswer> commit_refusal(const KeyValueAccess& access, const KeyValueCall& call,
                                            std::string_view key,
                                            const KeyValueCommitted& committed) {
  using Status = KeyValueCommitted::Status;
  switch (committed.status) {
    case Status::kCommitted:
    case Status::kConflict:
      return std::nullopt;
    case Status::kRefused:
      return refusal(call, key, "kv_update", committed.message);
    case Status::kOverKeys:
      return refusal(call, key, "kv_quota",
                     "the tenant's quota of " + std::to_string(access.quota.keys) +
                         " keys is used up (kv.keys)");
    case Status::kOverBytes:
      return refusal(call, key, "kv_quota",
                     "the tenant's quota of " + std::to_string(access.quota.bytes.count) +
                         " bytes is used up (kv.bytes)");
  }
  return std::nullopt;
}

void ask_usage(const std::shared_ptr<KeyValueTally>& tally, KeyValueCall call, AnswerReply reply) {
  const KeyValueAccess& access = tally->access();
  access.store->usage(access.tenant, [tally, call = std::move(call),
                                      reply = std::move(reply)](Result<KeyValueUsage> usage) {
    if (!usage) return reply(tally->failed(call, {}, usage.error()));
    const KeyValueQuota& quota = tally->access().quota;
    reply(answer_usage(
        {*usage, quota.keys, quota.bytes, tally->operations_left(), tally->rate_left()}));
  });
}

void call_store(const std::shared_ptr<KeyValueTally>& tally, KeyValueCall call, AnswerReply reply) {
  switch (call.operation) {
    case Operation::kGet:
    case Operation::kEntries:
      return get(tally, std::move(call), std::move(reply));
    case Operation::kList:
      return list(tally, std::move(call), std::move(reply));
    case Operation::kUsage:
      return ask_usage(tally, std::move(call), std::move(reply));
    case Operation::kWrite:
    case Operation::kUpdate:
    case Operation::kTransact:
      return commit(tally, std::move(call), std::move(reply));
  }
}

}  // namespace sublet::hostcall

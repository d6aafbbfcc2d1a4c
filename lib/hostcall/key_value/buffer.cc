// SPDX-License-Identifier: Apache-2.0
#include "hostcall/key_value/buffer.h"

#include <algorithm>

#include "hostcall/key_value/answers.h"
#include "hostcall/key_value/direct.h"
#include "hostcall/key_value/steps.h"

namespace sublet::hostcall {

using Operation = KeyValueOperation;

namespace {

// Entries that are remembered, so that what is written after it was read is not an update lost.
constexpr std::size_t kMostSeen = 16'384;

}  // namespace

void KeyValueBuffer::start(KeyValueCall call, AnswerReply reply) {
  {
    base::MutexLock lock(mutex_);
    if (closed_) return;
    if (is_busy()) {
      waiting_.push_back({std::move(call), std::move(reply)});
      return;
    }
  }
  run(std::move(call), std::move(reply));
}

void KeyValueBuffer::run(KeyValueCall call, AnswerReply reply) {
  switch (call.operation) {
    case Operation::kGet:
    case Operation::kEntries:
      return get(std::move(call), std::move(reply));
    case Operation::kList:
      return list(std::move(call), std::move(reply));
    case Operation::kUsage:
      return ask_usage(tally_, std::move(call), std::move(reply));
    case Operation::kWrite:
    case Operation::kUpdate:
    case Operation::kTransact:
      return write(std::move(call), std::move(reply));
  }
}

// What was written here is answered as it is now, whatever is written before the rest comes.
void KeyValueBuffer::get(KeyValueCall call, AnswerReply reply) {
  KeyValueGet request;
  request.tenant = tally_->access().tenant;
  const UniqueKeys asked = unique_keys(call.keys);
  Entries own(asked.keys.size());
  std::vector<std::size_t> places;  // of what the store is asked for
  {
    base::MutexLock lock(mutex_);
    for (std::size_t i = 0; i < own.size(); ++i) {
      KeyValueKey at{space_of(tally_->access(), call), asked.keys[i]};
      const auto found = pending_.find(at);
      if (found == pending_.end()) {
        places.push_back(i);
        request.keys.push_back(std::move(at));
      } else if (found->second.value != nullptr) {
        own[i].emplace();
        own[i]->key = asked.keys[i];
        own[i]->value = *found->second.value;
      }
    }
  }
  if (places.empty()) return reply(answer_read(call, asked.places, own));
  auto keys = request.keys;
  tally_->access().store->get(
      std::move(request),
      [self = shared_from_this(), call = std::move(call), reply = std::move(reply),
       own = std::move(own), places = std::move(places), order = asked.places,
       keys = std::move(keys)](Result<Entries> answered) mutable {
        Result<Entries> found = sound_entries(std::move(answered), places.size());
        if (!found) return reply(self->tally_->failed(call, first_key(call), found.error()));
        {
          base::MutexLock lock(self->mutex_);
          for (std::size_t i = 0; i < places.size(); ++i) self->saw(keys[i], (*found)[i]);
        }
        for (std::size_t i = 0; i < places.size(); ++i) own[places[i]] = std::move((*found)[i]);
        reply(self->answer_read(call, order, own));
      });
}

CheckedAnswer KeyValueBuffer::answer_read(const KeyValueCall& call,
                                          const std::vector<std::size_t>& order, Entries& entries) {
  tally_->add_read(size_of(entries));
  const bool one = call.operation == Operation::kGet;
  return tally_->bounded(one ? answer_value(std::move(entries.front()))
                             : answer_entries(entries, order, tally_->largest_answer()),
                         call, first_key(call));
}

void KeyValueBuffer::list(KeyValueCall call, AnswerReply reply) {
  KeyValueList request = *call.list;
  request.tenant = tally_->access().tenant;
  request.space = space_of(tally_->access(), call);
  request.max_bytes = Bytes{tally_->limits().result.count / 2};
  OwnWrites own = own_writes(request);
  KeyValueList asked = request;
  tally_->access().store->list(
      std::move(request),
      [self = shared_from_this(), call = std::move(call), reply = std::move(reply),
       own = std::move(own), asked = std::move(asked)](Result<KeyValuePage> page) {
        if (!page) return reply(self->tally_->failed(call, {}, page.error()));
        const MergedPage merged = merge_page(std::move(page).value(), own, asked);
        if (!self->saw_page(asked.space, merged)) {
          return reply(refusal(
              call, {}, "kv_limit",
              "a transactional invocation may see " + std::to_string(kMostSeen) + " entries"));
        }
        std::uint64_t bytes = 0;
        for (const KeyValueEntry& entry : merged.entries) bytes += size_of(entry);
        self->tally_->add_read(bytes);
        reply(self->tally_->bounded(answer_page(merged.entries, asked.keys_only, merged.cursor),
                                    call, {}));
      });
}

// What waited for a write that has read: up to the next one that has to. One at a time does this,
// or what was written last would not come last.
void KeyValueBuffer::go_on() {
  {
    base::MutexLock lock(mutex_);
    if (draining_) return;
    draining_ = true;
  }
  while (true) {
    Waiting waiting;
    AnswerReply committing;
    {
      base::MutexLock lock(mutex_);
      if (reading_) {  // its answer comes here again
        draining_ = false;
        return;
      }
      if (waiting_.empty()) {
        draining_ = false;
        committing.swap(committing_);
      } else {
        waiting = std::move(waiting_.front());
        waiting_.pop_front();
      }
    }
    if (committing) return send_commit(std::move(committing));
    if (!waiting.reply) return;
    run(std::move(waiting.call), std::move(waiting.reply));
  }
}

void KeyValueBuffer::saw(const KeyValueKey& at, const std::optional<KeyValueEntry>& entry) {
  seen_.try_emplace(at, entry.has_value() ? entry->version : 0);
}

// What the invocation itself wrote has no version, and was not read.
bool KeyValueBuffer::saw_page(const std::string& space, const MergedPage& page) {
  base::MutexLock lock(mutex_);
  for (const KeyValueEntry& entry : page.entries) {
    if (entry.version == 0) continue;
    seen_.try_emplace(KeyValueKey{space, entry.key}, entry.version);
  }
  return seen_.size() <= kMostSeen;
}

OwnWrites KeyValueBuffer::own_writes(const KeyValueList& request) const {
  OwnWrites own;
  base::MutexLock lock(mutex_);
  for (auto at = pending_.lower_bound({request.space, request.prefix});
       at != pending_.end() && at->first.space == request.space &&
       at->first.key.starts_with(request.prefix);
       ++at) {
    own.emplace_back(at->first.key, at->second.value);
  }
  return own;
}

void KeyValueBuffer::close() {
  std::deque<Waiting> dropped;  // not under the lock
  AnswerReply commit;
  base::MutexLock lock(mutex_);
  closed_ = true;
  dropped.swap(waiting_);
  commit.swap(committing_);
}

}  // namespace sublet::hostcall

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "hostcall/key_value/tally.h"

namespace sublet::hostcall {

// What a page of the store looks like with an invocation's own writes: the store's entries without
// the ones that it wrote or removed, and what it wrote. `to` is the last key that the store looked
// at, where there is more.
struct MergedPage {
  std::vector<KeyValueEntry> entries;
  std::optional<std::string> cursor;
};
// By key; null: removed.
using OwnWrites = std::vector<std::pair<std::string, std::shared_ptr<const KeyValueValue>>>;
MergedPage merge_page(KeyValuePage page, const OwnWrites& own, const KeyValueList& request);

// The writes of an invocation whose manifest says kv: "transactional": kept until it has succeeded,
// then committed together. What the invocation reads is what it wrote. An entry that it read before
// it wrote it must be the same when it commits, so that no update is lost.
//
// Thread-safe; answers of the store come on any thread. Lives as long as anything waits for one.
class KeyValueBuffer : public std::enable_shared_from_this<KeyValueBuffer> {
 public:
  explicit KeyValueBuffer(std::shared_ptr<KeyValueTally> tally) : tally_(std::move(tally)) {}

  // An admitted call. Calls that write take effect in the order in which they are made.
  void start(KeyValueCall call, AnswerReply reply) SUBLET_EXCLUDES(mutex_);

  // Whether commit() has anything to do.
  bool has_writes() const SUBLET_EXCLUDES(mutex_);
  // After the last call, once. The text of an answer that is ok is empty.
  void commit(AnswerReply reply) SUBLET_EXCLUDES(mutex_);
  // The invocation is over: what waits is dropped, and a commit that waits is not made.
  void close() SUBLET_EXCLUDES(mutex_);

 private:
  using Entries = std::vector<std::optional<KeyValueEntry>>;
  // What an entry will be.
  struct Pending {
    std::shared_ptr<const KeyValueValue> value;  // null: removed
    KeyValueExpiry expiry;
  };
  struct Waiting {
    KeyValueCall call;
    AnswerReply reply;
  };
  // How an entry looks to the invocation.
  struct View {
    bool present = false;
    std::uint64_t version = 0;  // 0: written here, or absent
    const KeyValueValue* value = nullptr;
  };

  using ReadEntries = std::map<KeyValueKey, std::optional<KeyValueEntry>>;

  bool is_busy() const SUBLET_REQUIRES(mutex_) {
    return reading_ || draining_ || !waiting_.empty();
  }
  void run(KeyValueCall call, AnswerReply reply) SUBLET_EXCLUDES(mutex_);
  void go_on() SUBLET_EXCLUDES(mutex_);

  void get(KeyValueCall call, AnswerReply reply) SUBLET_EXCLUDES(mutex_);
  CheckedAnswer answer_read(const KeyValueCall& call, const std::vector<std::size_t>& order,
                            Entries& entries);
  void list(KeyValueCall call, AnswerReply reply) SUBLET_EXCLUDES(mutex_);
  void saw(const KeyValueKey& at, const std::optional<KeyValueEntry>& entry)
      SUBLET_REQUIRES(mutex_);
  // False: it would have seen too much.
  bool saw_page(const std::string& space, const MergedPage& page) SUBLET_EXCLUDES(mutex_);
  OwnWrites own_writes(const KeyValueList& request) const SUBLET_EXCLUDES(mutex_);

  void write(KeyValueCall call, AnswerReply reply) SUBLET_EXCLUDES(mutex_);
  void write_after_read(KeyValueCall call, AnswerReply reply, std::vector<KeyValueKey> needed)
      SUBLET_EXCLUDES(mutex_);
  CheckedAnswer apply_read(const KeyValueCall& call, const std::vector<KeyValueKey>& needed,
                           Entries found) SUBLET_EXCLUDES(mutex_);
  CheckedAnswer give_up_read(const KeyValueCall& call, const Error& error) SUBLET_EXCLUDES(mutex_);
  View view(const KeyValueKey& at, const ReadEntries& read) const SUBLET_REQUIRES(mutex_);
  CheckedAnswer apply(const KeyValueCall& call, const ReadEntries& read) SUBLET_REQUIRES(mutex_);
  std::optional<bool> known_to_exist(const KeyValueKey& at) const SUBLET_REQUIRES(mutex_);
  bool keep(std::vector<std::pair<KeyValueKey, Pending>> made, std::vector<KeyValueKey> checks)
      SUBLET_REQUIRES(mutex_);
  KeyValueExpiry expiry_of(const KeyValueStep& step, const KeyValueKey& at) const
      SUBLET_REQUIRES(mutex_);

  KeyValueCondition condition_of(const KeyValueKey& at) const SUBLET_REQUIRES(mutex_);
  KeyValueCommit make_commit() SUBLET_REQUIRES(mutex_);
  void send_commit(AnswerReply reply) SUBLET_EXCLUDES(mutex_);

  const std::shared_ptr<KeyValueTally> tally_;
  mutable base::Mutex mutex_;
  std::map<KeyValueKey, Pending> pending_ SUBLET_GUARDED_BY(mutex_);
  // What a transaction checked and nobody wrote: it must be so still when the rest is committed.
  std::set<KeyValueKey> checked_ SUBLET_GUARDED_BY(mutex_);
  // The version that was read first, 0 for an absent entry.
  std::map<KeyValueKey, std::uint64_t> seen_ SUBLET_GUARDED_BY(mutex_);
  bool reading_ SUBLET_GUARDED_BY(mutex_) = false;   // a write waits for what it reads
  bool draining_ SUBLET_GUARDED_BY(mutex_) = false;  // what waited for it is being made
  std::deque<Waiting> waiting_ SUBLET_GUARDED_BY(mutex_);
  AnswerReply committing_ SUBLET_GUARDED_BY(mutex_);
  bool closed_ SUBLET_GUARDED_BY(mutex_) = false;
};

}  // namespace sublet::hostcall

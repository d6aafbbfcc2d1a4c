// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "hostcall/key_value/tally.h"

namespace sublet::hostcall {

// Makes an invocation's calls to the store so that they take effect as they were made, also where
// nobody awaited the one before. Calls that do not touch each other go on side by side; one that
// touches what a call under way writes, or writes what it reads, waits, and so do all after it.
//
// Thread-safe; answers of the store come on any thread. Lives as long as anything waits for one.
class KeyValueOrder : public std::enable_shared_from_this<KeyValueOrder> {
 public:
  explicit KeyValueOrder(std::shared_ptr<KeyValueTally> tally) : tally_(std::move(tally)) {}

  // An admitted call.
  void start(KeyValueCall call, AnswerReply reply) SUBLET_EXCLUDES(mutex_);
  // The invocation is over: what waits is dropped, so that nothing of it is begun after the next
  // attempt has.
  void close() SUBLET_EXCLUDES(mutex_);

 private:
  // What a call touches: keys, or a whole space. Places are hashes: two that are the same by
  // accident cost a wait, nothing else.
  struct Claim {
    bool writes = false;
    std::size_t space = 0;
    std::vector<std::size_t> keys;  // empty: all of the space
  };
  struct Users {
    std::uint32_t readers = 0;
    std::uint32_t writers = 0;
  };
  struct Waiting {
    KeyValueCall call;
    AnswerReply reply;
    Claim claim;
  };
  using Places = std::unordered_map<std::size_t, Users>;

  static Claim claim_of(const KeyValueCall& call);
  static bool in_use(const Places& places, std::size_t place, bool for_write);
  static void change(Places& places, std::size_t place, bool writes, bool taken);
  bool is_free(const Claim& claim) const SUBLET_REQUIRES(mutex_);
  void mark(const Claim& claim, bool taken) SUBLET_REQUIRES(mutex_);
  void go(Waiting each) SUBLET_EXCLUDES(mutex_);
  void finished(const Claim& claim) SUBLET_EXCLUDES(mutex_);

  const std::shared_ptr<KeyValueTally> tally_;
  base::Mutex mutex_;
  // Calls under way: by key, and by space. There the readers are those of the whole space, and the
  // writers all that write a key in it.
  Places keys_ SUBLET_GUARDED_BY(mutex_);
  Places spaces_ SUBLET_GUARDED_BY(mutex_);
  std::deque<Waiting> waiting_ SUBLET_GUARDED_BY(mutex_);
  // Somebody starts what waits: answers that come inside are his to see, or a queue of any length
  // would become a stack of that depth.
  bool starting_ SUBLET_GUARDED_BY(mutex_) = false;
  bool closed_ SUBLET_GUARDED_BY(mutex_) = false;
};

}  // namespace sublet::hostcall

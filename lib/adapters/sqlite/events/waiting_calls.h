// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sqlite/events/calls.h"
#include "base/clock.h"
#include "base/mutex.h"

namespace sublet::adapters::sqlite::events {

// Calls between those who make them and the queue's threads. Thread-safe; callers never wait.
//
// What works goes before what is new: a group is either of claims and extensions only, which need
// not wait for the disk and so are fast, or of settlements and then of others' calls, each tenant
// in turn. Both kinds of group take turns where both wait.
class WaitingCalls {
 public:
  // How much of what waits is taken as one group: deliveries, roughly, and cost.
  struct GroupBounds {
    std::size_t rows = 1;
    std::uint64_t cost = 0;
  };

  explicit WaitingCalls(std::size_t capacity) : capacity_(capacity) {}

  // Takes the call, or says why not; the call is as it was then.
  std::optional<Error> push(WriteCall& call);
  std::optional<Error> push(ReadCall& call);

  // The oldest one; waits for it. Empty once this was closed.
  std::optional<ReadCall> take();
  // Puts the group's calls back to the front, waits for calls, at most until `until`, and makes the
  // next group. False once this was closed; calls that were to go on stay in the group then.
  bool take(std::vector<WriteCall>& group, const GroupBounds& bounds, base::TimePoint until);

  struct Rest {
    std::vector<WriteCall> writes;
    std::deque<ReadCall> reads;
  };
  // Nothing is taken any more. Answers what waited.
  Rest close() noexcept;

 private:
  // What is left of a group's bounds.
  struct Room {
    GroupBounds left;
    bool is_first = true;

    bool take(const WriteCall& call);
  };

  std::optional<Error> refusal() const SUBLET_REQUIRES(mutex_);
  void put(WriteCall call) SUBLET_REQUIRES(mutex_);
  void put_back(std::vector<WriteCall>& group) SUBLET_REQUIRES(mutex_);
  // Those who were told of the last group are about to call again: one group for all of them waits
  // for the disk half as often as two that take turns. Waits for them, a short part of what a group
  // takes.
  void wait_for_company() SUBLET_REQUIRES(mutex_);
  bool is_enough() const SUBLET_REQUIRES(mutex_) { return !claims_.empty() || writes_ >= enough_; }
  // Moves calls from the front of a queue while there is room.
  static void move_some(std::deque<WriteCall>& from, Room& room, std::vector<WriteCall>& group);
  void move_by_turns(Room& room, std::vector<WriteCall>& group) SUBLET_REQUIRES(mutex_);

  const std::size_t capacity_;
  base::Mutex mutex_;
  base::CondVar writes_there_;
  base::CondVar reads_there_;
  std::size_t writes_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::size_t enough_ SUBLET_GUARDED_BY(mutex_) = 1;  // for the writer to be woken
  // The last group, but for those of claims: its calls, and when it was taken.
  std::size_t last_calls_ SUBLET_GUARDED_BY(mutex_) = 0;
  base::TimePoint last_taken_ SUBLET_GUARDED_BY(mutex_);
  std::deque<WriteCall> claims_ SUBLET_GUARDED_BY(mutex_);  // and extensions
  std::deque<WriteCall> settlements_ SUBLET_GUARDED_BY(mutex_);
  std::map<std::string, std::deque<WriteCall>> others_ SUBLET_GUARDED_BY(mutex_);  // by tenant
  std::list<std::string> turns_ SUBLET_GUARDED_BY(mutex_);  // the tenants of `others_`
  bool claims_were_last_ SUBLET_GUARDED_BY(mutex_) = false;
  std::deque<ReadCall> reads_ SUBLET_GUARDED_BY(mutex_);
  bool closed_ SUBLET_GUARDED_BY(mutex_) = false;
};

}  // namespace sublet::adapters::sqlite::events

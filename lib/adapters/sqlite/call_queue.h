// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "adapters/sqlite/calls.h"
#include "base/clock.h"
#include "base/mutex.h"

namespace sublet::adapters::sqlite {

// Calls between those who make them and the store's threads. Thread-safe; callers never wait.
class CallQueue {
 public:
  // How much of what waits is taken as one group. A call that is larger than `cost` is one by
  // itself.
  struct GroupBounds {
    std::size_t calls = 1;
    std::uint64_t cost = 0;
  };

  explicit CallQueue(std::size_t capacity) : capacity_(capacity) {}

  // Takes the call, or says why not; the call is as it was then.
  std::optional<Error> push(WriteCall& call);
  std::optional<Error> push(ReadCall& call);

  // The oldest one; waits for it. Empty once the queue was closed.
  std::optional<ReadCall> take();
  // Waits for calls, at most until `until`, and adds the oldest ones to the group. False once the
  // queue was closed.
  bool take(std::vector<WriteCall>& group, const GroupBounds& bounds, base::TimePoint until);

  struct Rest {
    std::deque<WriteCall> writes;
    std::deque<ReadCall> reads;
  };
  // Nothing is taken any more. Answers what waited.
  Rest close() noexcept;

 private:
  std::optional<Error> refusal() const SUBLET_REQUIRES(mutex_);

  const std::size_t capacity_;
  base::Mutex mutex_;
  base::CondVar writes_there_;
  base::CondVar reads_there_;
  Rest waiting_ SUBLET_GUARDED_BY(mutex_);
  bool closed_ SUBLET_GUARDED_BY(mutex_) = false;
};

}  // namespace sublet::adapters::sqlite

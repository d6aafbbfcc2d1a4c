// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/call_queue.h"

#include <string>
#include <utility>

#include "adapters/sqlite/key_value_side.h"

namespace sublet::adapters::sqlite {

std::optional<Error> CallQueue::refusal() const {
  if (closed_) return Error{ErrorCode::kUnavailable, "the store is being closed"};
  if (waiting_.writes.size() + waiting_.reads.size() < capacity_) return std::nullopt;
  return Error{ErrorCode::kResourceExhausted,
               "max_queue: " + std::to_string(capacity_) + " calls are waiting"};
}

std::optional<Error> CallQueue::push(WriteCall& call) {
  {
    base::MutexLock lock(mutex_);
    if (std::optional<Error> refused = refusal()) return refused;
    waiting_.writes.push_back(std::move(call));
  }
  writes_there_.notify_one();
  return std::nullopt;
}

std::optional<Error> CallQueue::push(ReadCall& call) {
  {
    base::MutexLock lock(mutex_);
    if (std::optional<Error> refused = refusal()) return refused;
    waiting_.reads.push_back(std::move(call));
  }
  reads_there_.notify_one();
  return std::nullopt;
}

std::optional<ReadCall> CallQueue::take() {
  base::MutexLock lock(mutex_);
  while (waiting_.reads.empty() && !closed_) reads_there_.wait(mutex_);
  if (waiting_.reads.empty()) return std::nullopt;
  ReadCall call = std::move(waiting_.reads.front());
  waiting_.reads.pop_front();
  return call;
}

bool CallQueue::take(std::vector<WriteCall>& group, const GroupBounds& bounds,
                     base::TimePoint until) {
  base::MutexLock lock(mutex_);
  while (waiting_.writes.empty() && !closed_) {
    if (!writes_there_.wait_until(mutex_, until)) break;
  }
  std::uint64_t cost = 0;
  for (std::size_t taken = 0; taken < bounds.calls && !waiting_.writes.empty(); ++taken) {
    cost += KeyValueSide::cost(waiting_.writes.front());
    if (cost > bounds.cost && taken > 0) break;
    group.push_back(std::move(waiting_.writes.front()));
    waiting_.writes.pop_front();
  }
  return !closed_;
}

CallQueue::Rest CallQueue::close() noexcept {
  Rest rest;
  {
    base::MutexLock lock(mutex_);
    closed_ = true;
    std::swap(rest, waiting_);
  }
  writes_there_.notify_all();
  reads_there_.notify_all();
  return rest;
}

}  // namespace sublet::adapters::sqlite

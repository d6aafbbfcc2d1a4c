// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "adapters/key_value/guarded.h"
#include "base/mutex.h"
#include "base/own_thread.h"
#include "sublet/adapters/key_value_store.h"

namespace sublet::adapters {

// An answer that a thread waits for.
//
// Ownership: shared by who waits and the callback, which may come when nobody waits any more.
// Thread safety: thread-safe.
template <typename T>
class Awaited {
 public:
  void answer(Result<T> result) {
    const base::MutexLock lock(mutex_);
    result_.emplace(std::move(result));
    answered_.notify_one();
  }

  // The answer, or nothing where it did not come in time.
  std::optional<Result<T>> wait(std::chrono::milliseconds timeout) {
    const auto longest = std::chrono::milliseconds(std::chrono::hours(24 * 365));
    const auto until = std::chrono::steady_clock::now() + std::min(timeout, longest);
    const base::MutexLock lock(mutex_);
    while (!result_.has_value()) {
      if (!answered_.wait_until(mutex_, until)) break;
    }
    return std::move(result_);
  }

 private:
  base::Mutex mutex_;
  base::CondVar answered_;
  std::optional<Result<T>> result_ SUBLET_GUARDED_BY(mutex_);
};

// Starts a call by start(callback) and waits for its answer; `late` is the error where none came.
template <typename T, typename Start>
Result<T> await(std::chrono::milliseconds timeout, ErrorCode late, Start&& start) {
  if (base::on_own_thread()) {
    return Error{ErrorCode::kFailedPrecondition,
                 "a thread of Sublet's may not wait for a key-value store"};
  }
  return guarded([&]() -> Result<T> {
    const auto awaited = std::make_shared<Awaited<T>>();
    start([awaited](Result<T> result) { awaited->answer(std::move(result)); });
    std::optional<Result<T>> answer = awaited->wait(timeout);
    if (answer.has_value()) return *std::move(answer);
    return Error{late,
                 "the store gave no answer within " + std::to_string(timeout.count()) + " ms"};
  });
}

}  // namespace sublet::adapters

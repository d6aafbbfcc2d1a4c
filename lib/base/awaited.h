// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/mutex.h"
#include "sublet/result.h"

namespace sublet::base {

// An answer that a thread waits for.
//
// Ownership: shared by who waits and the callback, which may come when nobody waits any more.
// Thread safety: thread-safe.
template <typename T>
class Awaited {
 public:
  void answer(Result<T> result) {
    const MutexLock lock(mutex_);
    result_.emplace(std::move(result));
    answered_.notify_one();
  }

  // The answer, or nothing where it did not come in time.
  std::optional<Result<T>> wait(std::chrono::milliseconds timeout) {
    const auto longest = std::chrono::milliseconds(std::chrono::hours(24 * 365));
    const auto until = std::chrono::steady_clock::now() + std::min(timeout, longest);
    const MutexLock lock(mutex_);
    while (!result_.has_value()) {
      if (!answered_.wait_until(mutex_, until)) break;
    }
    return std::move(result_);
  }

 private:
  Mutex mutex_;
  CondVar answered_;
  std::optional<Result<T>> result_ SUBLET_GUARDED_BY(mutex_);
};

}  // namespace sublet::base

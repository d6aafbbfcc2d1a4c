// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>

#include "base/mutex.h"
#include "sublet/invocation.h"

namespace sublet::host {

// Where a caller of invoke() waits for its completion. Lives on the caller's stack: the completion
// is called exactly once, so nothing is left that could reach it after take().
class BlockingCall {
 public:
  // One pointer, so that std::function holds it without an allocation.
  Completion completion() {
    return [this](InvocationResult result) { finish(std::move(result)); };
  }

  InvocationResult take() SUBLET_EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    while (!result_.has_value()) finished_.wait(mutex_);
    return *std::move(result_);
  }

 private:
  void finish(InvocationResult result) SUBLET_EXCLUDES(mutex_) {
    // Notified under the lock: once it is released the waiter may destroy this object.
    base::MutexLock lock(mutex_);
    result_ = std::move(result);
    finished_.notify_one();
  }

  base::Mutex mutex_;
  base::CondVar finished_;
  std::optional<InvocationResult> result_ SUBLET_GUARDED_BY(mutex_);
};

}  // namespace sublet::host

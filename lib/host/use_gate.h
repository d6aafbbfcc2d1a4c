// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/mutex.h"

namespace sublet::host {

// The way to the host for those who may outlive it, as a store does that it was given: nobody gets
// in after close(). Thread-safe.
class UseGate {
 public:
  // True: leave() is due.
  bool enter() SUBLET_EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    if (closed_) return false;
    ++inside_;
    return true;
  }
  void leave() SUBLET_EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    if (--inside_ == 0) empty_.notify_all();
  }
  // Waits for those who are inside.
  void close() SUBLET_EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    closed_ = true;
    while (inside_ > 0) empty_.wait(mutex_);
  }

 private:
  base::Mutex mutex_;
  base::CondVar empty_;
  bool closed_ SUBLET_GUARDED_BY(mutex_) = false;
  int inside_ SUBLET_GUARDED_BY(mutex_) = 0;
};

}  // namespace sublet::host

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>

#include "sublet/observer.h"

namespace sublet::host {

// The way to the observer for those who may outlive the host, as a store does that the host was
// given: nobody is told after close(). Thread-safe.
class ObserverGate {
 public:
  explicit ObserverGate(Observer* observer) : observer_(observer) {}

  // What the observer throws is dropped.
  template <typename Tell>
  void tell(const Tell& tell_observer) noexcept {
    if (!enter()) return;
    try {
      tell_observer(*observer_);
    } catch (...) {  // an observer's exception is its own affair
    }
    leave();
  }

  // Waits for those who are inside.
  void close() noexcept {
    std::unique_lock lock(mutex_);
    closed_ = true;
    empty_.wait(lock, [this] { return inside_ == 0; });
  }

 private:
  bool enter() noexcept {
    std::unique_lock lock(mutex_);
    if (closed_ || observer_ == nullptr) return false;
    ++inside_;
    return true;
  }
  void leave() noexcept {
    std::unique_lock lock(mutex_);
    if (--inside_ == 0) empty_.notify_all();
  }

  Observer* const observer_;
  std::mutex mutex_;
  std::condition_variable empty_;
  bool closed_ = false;
  int inside_ = 0;
};

}  // namespace sublet::host

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/use_gate.h"
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
    if (observer_ == nullptr || !gate_.enter()) return;
    try {
      tell_observer(*observer_);
    } catch (...) {  // an observer's exception is its own affair
    }
    gate_.leave();
  }

  // Waits for those who are inside.
  void close() noexcept { gate_.close(); }

 private:
  Observer* const observer_;
  UseGate gate_;
};

}  // namespace sublet::host

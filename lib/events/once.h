// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "sublet/adapters/event_queue.h"

namespace sublet::events {

// A callback that is called once, by whichever of its copies comes first. Steps on the way to it
// run inside calls of others, who want no exceptions.
//
// Ownership: copies share the callback.
// Thread safety: thread-safe.
template <typename T>
class Once {
 public:
  explicit Once(EventCallback<T> done) : state_(std::make_shared<State>(std::move(done))) {}

  void operator()(Result<T> result) const {
    if (!state_->called.exchange(true)) state_->done(std::move(result));
  }

  // A callback for what comes before; where it throws, for want of memory, that is the answer.
  template <typename Step>
  auto guard(Step step) const {
    return [once = *this, step = std::move(step)](auto result) mutable {
      try {
        step(std::move(result));
      } catch (...) {
        once(Error{ErrorCode::kResourceExhausted, "no memory left"});
      }
    };
  }

 private:
  struct State {
    explicit State(EventCallback<T> callback) : done(std::move(callback)) {}
    std::atomic<bool> called{false};
    EventCallback<T> done;
  };

  std::shared_ptr<State> state_;
};

}  // namespace sublet::events

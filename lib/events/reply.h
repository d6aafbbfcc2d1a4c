// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <exception>
#include <memory>
#include <new>
#include <utility>

#include "sublet/adapters/event_queue.h"
#include "sublet/result.h"

namespace sublet::events {

// A callback that is called once, by whoever is first: what follows is dropped, and so is what the
// callback throws, which it must not.
//
// Ownership: copies share the callback. Thread safety: thread-safe.
template <typename T>
class Reply {
 public:
  explicit Reply(EventCallback<T>&& done) : shared_(std::make_shared<Shared>()) {
    shared_->done = std::move(done);
  }

  void operator()(Result<T> result) const noexcept {
    if (shared_->called.exchange(true)) return;
    try {
      if (shared_->done) shared_->done(std::move(result));
    } catch (...) {
    }
    shared_->done = nullptr;
  }

  // What `step` throws is the answer.
  template <typename Step>
  void guard(Step&& step) const noexcept {
    try {
      step();
    } catch (const std::bad_alloc&) {
      // Short enough for a string that allocates nothing.
      (*this)(Error{ErrorCode::kResourceExhausted, "out of memory"});
    } catch (const std::exception&) {
      (*this)(Error{ErrorCode::kInternal, "a fault"});
    }
  }

 private:
  struct Shared {
    std::atomic<bool> called{false};
    EventCallback<T> done;
  };
  std::shared_ptr<Shared> shared_;
};

// Does `step` with a Reply around `done`, which is called even where there is no memory for one.
template <typename T, typename Step>
void with_reply(EventCallback<T>& done, Step&& step) noexcept {
  try {
    const Reply<T> reply(std::move(done));
    reply.guard([&] { step(reply); });
  } catch (...) {
    if (done) done(Error{ErrorCode::kResourceExhausted, "out of memory"});
  }
}

}  // namespace sublet::events

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <exception>
#include <memory>
#include <new>
#include <utility>

#include "adapters/key_value/tell.h"
#include "sublet/adapters/key_value_store.h"

namespace sublet::adapters {

// The answer that a call is owed: given once, whatever happens on the way to it.
//
// Ownership: shared by the steps of the call.
// Thread safety: thread-safe.
template <typename T>
class Answer {
 public:
  explicit Answer(KeyValueCallback<T> done) : done_(std::move(done)) {}

  void give(Result<T> result) noexcept {
    if (given_.exchange(true)) return;
    const KeyValueCallback<T> done = std::exchange(done_, nullptr);
    tell(done, std::move(result));
  }

  // Does a step of the call; what it throws is the answer.
  template <typename Step>
  void attempt(Step&& step) noexcept {
    try {
      step();
    } catch (const std::bad_alloc&) {
      give(Error{ErrorCode::kResourceExhausted, "out of memory"});
    } catch (const std::exception& error) {
      give(Error{ErrorCode::kInternal, error.what()});
    } catch (...) {
      give(Error{ErrorCode::kInternal, "a fault"});
    }
  }

 private:
  std::atomic<bool> given_{false};
  KeyValueCallback<T> done_;
};

template <typename T>
using AnswerPtr = std::shared_ptr<Answer<T>>;

}  // namespace sublet::adapters

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "sublet/result.h"

namespace sublet::proxy {

// A callback that is called once in any case: with kUnavailable where all who could have called it
// are gone, as when timers or requests are dropped at the end.
//
// Ownership: shared among the steps that lead to the answer.
// Thread safety: thread-safe.
template <typename T>
class Once {
 public:
  using Callback = std::function<void(Result<T>)>;
  using Ptr = std::shared_ptr<Once>;

  explicit Once(Callback done) : done_(std::move(done)) {}
  ~Once() { answer(Error{ErrorCode::kUnavailable, "the host is ending"}); }
  Once(const Once&) = delete;
  Once& operator=(const Once&) = delete;

  static Ptr make(Callback done) { return std::make_shared<Once>(std::move(done)); }

  void answer(Result<T> result) {
    if (over_.exchange(true) || !done_) return;
    done_(std::move(result));
  }

 private:
  std::atomic<bool> over_{false};
  Callback done_;
};

}  // namespace sublet::proxy

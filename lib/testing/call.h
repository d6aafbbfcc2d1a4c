// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "sublet/result.h"

namespace sublet::testing::conformance {

// Counts what happens in a case, so that one that hangs can be told from a slow one.
using Progress = std::shared_ptr<std::atomic<std::uint64_t>>;

// One call to what is under test, seen from outside: how often it was answered.
//
// Ownership: shared by the trial and the callback, which may come late.
// Thread safety: thread-safe.
class CallRecord {
 public:
  CallRecord(std::string name, Progress progress)
      : name_(std::move(name)), progress_(std::move(progress)) {}
  virtual ~CallRecord() = default;

  const std::string& name() const { return name_; }

  // False: there was no answer within `patience`.
  bool wait(std::chrono::milliseconds patience) {
    std::unique_lock<std::mutex> lock(mutex_);
    const bool answered = condition_.wait_for(lock, patience, [this] { return answers_ != 0; });
    progress_->fetch_add(1);
    return answered;
  }
  std::uint64_t answers() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return answers_;
  }

 protected:
  void count_answer() {  // the lock is held
    ++answers_;
    progress_->fetch_add(1);
    condition_.notify_all();
  }

  mutable std::mutex mutex_;

 private:
  const std::string name_;
  const Progress progress_;
  std::condition_variable condition_;
  std::uint64_t answers_ = 0;
};

// A call whose answer is a T.
template <typename T>
class Call final : public CallRecord {
 public:
  using CallRecord::CallRecord;

  void answer(Result<T> result) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!result_.has_value()) result_.emplace(std::move(result));
    count_answer();
  }
  // After wait() was true.
  Result<T> result() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return *result_;
  }

 private:
  std::optional<Result<T>> result_;
};

template <typename T>
using Pending = std::shared_ptr<Call<T>>;

}  // namespace sublet::testing::conformance

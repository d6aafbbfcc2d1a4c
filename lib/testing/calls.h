// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "testing/call.h"
#include "testing/expect.h"

namespace sublet::testing::conformance {

// The calls of one case and its clock: what the trials of all suites are made of.
//
// Ownership: of the trial; a record of each call.
// Thread safety: calls may be made and awaited on several threads.
class Calls {
 public:
  using Time = std::chrono::sys_time<std::chrono::milliseconds>;

  Calls(std::chrono::milliseconds patience, Progress progress);

  Time now() const { return clock()(); }
  void advance(std::chrono::milliseconds time) { time_->fetch_add(time.count()); }

  // The answer, which has to come within the subject's patience.
  template <typename T>
  Result<T> wait(const Pending<T>& call) {
    if (!call->wait(patience_)) give_up(call->name());
    return call->result();
  }
  // And has to be no Error.
  template <typename T>
  T value(const Pending<T>& call) {
    Result<T> result = wait(call);
    if (!result) fail(call->name() + ": expected an answer, found " + show(result.error()));
    return *std::move(result);
  }
  // And has to be kInvalidArgument, with a message that has `field` in it.
  template <typename T>
  void expect_refused(const Pending<T>& call, std::string_view field) {
    const Result<T> result = wait(call);
    if (result) fail(call->name() + ": expected a refusal that names " + std::string(field));
    expect_names(result.error(), field);
  }

  // Runs body(0) to body(threads - 1) at once.
  static void in_parallel(int threads, const std::function<void(int)>& body);

 protected:
  template <typename T>
  Pending<T> record(std::string name) {
    auto call = std::make_shared<Call<T>>(std::move(name), progress_);
    const std::lock_guard<std::mutex> lock(mutex_);
    calls_.push_back(call);
    return call;
  }
  template <typename T>
  static std::function<void(Result<T>)> callback(const Pending<T>& call) {
    return [call](Result<T> result) { call->answer(std::move(result)); };
  }
  std::function<Time()> clock() const;
  void share_clock(Calls& other) const { other.time_ = time_; }
  const Progress& progress() const { return progress_; }
  void note_progress() { progress_->fetch_add(1); }
  // Every call so far has an answer, and one only.
  void expect_answered();

 private:
  [[noreturn]] void give_up(const std::string& call) const;
  static void expect_names(const Error& error, std::string_view field);

  const std::chrono::milliseconds patience_;
  const Progress progress_;
  std::shared_ptr<std::atomic<std::int64_t>> time_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<CallRecord>> calls_;  // under mutex_
};

// A case of a suite.
template <typename OfTrial>
struct CaseOf {
  const char* name;
  void (*run)(OfTrial& trial);
  // Left out where the subject cannot reopen(), or open_another().
  bool reopens = false;
  bool opens_another = false;
};

}  // namespace sublet::testing::conformance

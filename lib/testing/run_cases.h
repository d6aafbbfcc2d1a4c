// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sublet/testing/conformance.h"
#include "testing/calls.h"

// Runs the cases of a suite. A Trial is made of the subject and a Progress, and has open(), close()
// and subject().
namespace sublet::testing::conformance {

// One case on a thread of its own, which is left behind where what is under test never
// returns to it.
//
// Ownership: shared by who waits and the thread.
// Thread safety: run() and wait() are of one thread each.
template <typename Trial, typename Subject>
class CaseRun {
 public:
  CaseRun(CaseOf<Trial> the_case, const Subject& subject)
      : case_(the_case),
        progress_(std::make_shared<std::atomic<std::uint64_t>>(0)),
        trial_(subject, progress_) {}

  void run() {
    attempt([this] {
      trial_.open();
      case_.run(trial_);
    });
    // After a failure too: the next case wants to open it.
    attempt([this] { trial_.close(); });
    const std::lock_guard<std::mutex> lock(mutex_);
    done_ = true;
    condition_.notify_all();
  }

  // False: nothing has happened for twice as long as an answer may take.
  bool wait() {
    const auto quiet = 2 * trial_.subject().patience + std::chrono::milliseconds(100);
    std::unique_lock<std::mutex> lock(mutex_);
    std::uint64_t seen = progress_->load();
    while (!condition_.wait_for(lock, quiet, [this] { return done_; })) {
      const std::uint64_t now = progress_->load();
      if (now == seen) return false;
      seen = now;
    }
    return true;
  }

  std::optional<std::string> failure() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return failure_;
  }

 private:
  void attempt(const std::function<void()>& step) {
    try {
      step();
    } catch (const Failure& failure) {
      note(failure.what);
    } catch (const std::exception& error) {
      note(std::string("an exception: ") + error.what());
    }
  }
  // The first one counts.
  void note(std::string what) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!failure_.has_value()) failure_ = std::move(what);
  }

  const CaseOf<Trial> case_;
  const Progress progress_;
  Trial trial_;
  mutable std::mutex mutex_;
  std::condition_variable condition_;
  bool done_ = false;                   // under mutex_
  std::optional<std::string> failure_;  // under mutex_
};

template <typename Trial, typename Subject>
std::optional<std::string> run_case(const CaseOf<Trial>& the_case, const Subject& subject) {
  const auto run = std::make_shared<CaseRun<Trial, Subject>>(the_case, subject);
  std::thread thread([run] { run->run(); });
  if (run->wait()) {
    thread.join();
    return run->failure();
  }
  thread.detach();
  const std::optional<std::string> failure = run->failure();
  return "a call did not return" + (failure ? "; before: " + *failure : "");
}

template <typename Trial>
std::vector<std::string> names_of(const std::vector<CaseOf<Trial>>& cases) {
  std::vector<std::string> names;
  for (const CaseOf<Trial>& the_case : cases) names.emplace_back(the_case.name);
  return names;
}

// Those whose name contains `filter`, but for what the subject cannot.
template <typename Trial, typename Subject>
std::vector<ConformanceFailure> run_cases(const std::vector<CaseOf<Trial>>& cases,
                                          const Subject& subject, const std::string& filter) {
  std::vector<ConformanceFailure> failures;
  for (const CaseOf<Trial>& the_case : cases) {
    if (std::string(the_case.name).find(filter) == std::string::npos) continue;
    if (the_case.reopens && !subject.reopen) continue;
    if (the_case.opens_another && !subject.open_another) continue;
    if (auto failure = run_case(the_case, subject)) {
      failures.push_back({the_case.name, *std::move(failure)});
    }
  }
  return failures;
}

}  // namespace sublet::testing::conformance

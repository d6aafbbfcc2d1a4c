// SPDX-License-Identifier: Apache-2.0
#include "sublet/testing/key_value_conformance.h"

#include <condition_variable>
#include <exception>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "testing/trial.h"

namespace sublet::testing {
namespace {

using conformance::Case;
using conformance::Failure;
using conformance::Progress;
using conformance::Trial;

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const auto part :
       {conformance::entry_cases, conformance::key_cases, conformance::version_cases,
        conformance::condition_cases, conformance::compute_cases, conformance::concurrency_cases,
        conformance::expiry_cases, conformance::list_cases, conformance::separation_cases,
        conformance::usage_cases, conformance::refusal_cases, conformance::callback_cases,
        conformance::last_owner_cases, conformance::durability_cases, conformance::pair_cases}) {
    std::vector<Case> cases = part();
    all.insert(all.end(), cases.begin(), cases.end());
  }
  return all;
}

// One case on a thread of its own, which is left behind where the store never returns to it.
class CaseRun {
 public:
  CaseRun(Case the_case, const KeyValueSubject& subject)
      : case_(the_case),
        progress_(std::make_shared<std::atomic<std::uint64_t>>(0)),
        trial_(subject, progress_) {}

  void run() {
    attempt([this] {
      trial_.open();
      case_.run(trial_);
    });
    // After a failure too: the next case wants to open the store.
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

  const Case case_;
  const Progress progress_;
  Trial trial_;
  mutable std::mutex mutex_;
  std::condition_variable condition_;
  bool done_ = false;                   // under mutex_
  std::optional<std::string> failure_;  // under mutex_
};

std::optional<std::string> run_case(const Case& the_case, const KeyValueSubject& subject) {
  const auto run = std::make_shared<CaseRun>(the_case, subject);
  std::thread thread([run] { run->run(); });
  if (run->wait()) {
    thread.join();
    return run->failure();
  }
  thread.detach();
  const std::optional<std::string> failure = run->failure();
  return "a call of the store did not return" + (failure ? "; before: " + *failure : "");
}

}  // namespace

std::vector<std::string> key_value_conformance_cases() {
  std::vector<std::string> names;
  for (const Case& the_case : all_cases()) names.emplace_back(the_case.name);
  return names;
}

std::vector<ConformanceFailure> run_key_value_conformance(const KeyValueSubject& subject,
                                                          const std::string& filter) {
  std::vector<ConformanceFailure> failures;
  for (const Case& the_case : all_cases()) {
    if (std::string(the_case.name).find(filter) == std::string::npos) continue;
    if (the_case.reopens && !subject.reopen) continue;
    if (the_case.opens_another && !subject.open_another) continue;
    if (auto failure = run_case(the_case, subject)) {
      failures.push_back({the_case.name, *std::move(failure)});
    }
  }
  return failures;
}

}  // namespace sublet::testing

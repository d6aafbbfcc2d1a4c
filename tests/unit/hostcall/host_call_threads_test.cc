// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <optional>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "hostcall/host_call_session.h"
#include "support/manual_clock.h"
#include "support/manual_timer_service.h"

// Answers, timers and the end of the invocation from several threads; made for ThreadSanitizer.
namespace sublet::hostcall {
namespace {

using namespace std::chrono_literals;
using Kind = engine::HostCallStart::Kind;

class CountingSink final : public CompletionSink {
 public:
  void completed(engine::HostCallCompletion completion) noexcept override {
    base::MutexLock lock(mutex_);
    ++counts_[completion.id];
  }
  std::map<engine::CallId, int> counts() {
    base::MutexLock lock(mutex_);
    return counts_;
  }

 private:
  base::Mutex mutex_;
  std::map<engine::CallId, int> counts_ SUBLET_GUARDED_BY(mutex_);
};

// Answers kept until some thread takes them.
class Answers {
 public:
  void put(HostCallAnswer answer) {
    base::MutexLock lock(mutex_);
    waiting_.push_back(std::move(answer));
  }
  std::optional<HostCallAnswer> take() {
    base::MutexLock lock(mutex_);
    if (waiting_.empty()) return std::nullopt;
    std::optional<HostCallAnswer> answer(std::move(waiting_.back()));
    waiting_.pop_back();
    return answer;
  }

 private:
  base::Mutex mutex_;
  std::vector<HostCallAnswer> waiting_ SUBLET_GUARDED_BY(mutex_);
};

struct Threads {
  Threads() {
    limits.pending_host_calls = 10'000;
    limits.timers = 10'000;
    if (!functions.add_async("f", [this](const HostCall&, HostCallAnswer answer) {
          answers.put(std::move(answer));
        })) {
      ++failures;
    }
  }

  SessionSetup setup() {
    SessionSetup setup;
    setup.functions = &functions;
    setup.permitted = &permitted;
    setup.limits = &limits;
    setup.timers = &timers;
    setup.clock = &clock;
    setup.sink = sink;
    return setup;
  }

  test::ManualClock clock;
  test::ManualTimerService timers{clock};
  FunctionRegistry functions;
  std::vector<std::string> permitted{"f"};
  Limits limits;
  Answers answers;
  std::shared_ptr<CountingSink> sink = std::make_shared<CountingSink>();
  int failures = 0;
};

TEST_CASE("host call threads: every call is answered exactly once") {
  constexpr int kCalls = 1000;
  Threads t;
  HostCallSession session(t.setup());
  std::atomic<bool> done{false};
  std::vector<std::thread> answering;
  for (int i = 0; i < 2; ++i) {
    answering.emplace_back([&, i] {
      for (int n = 0;; ++n) {
        const bool last = done.load();
        if (const auto answer = t.answers.take()) {
          // Answered, answered twice at once, or dropped.
          if (n % 3 != 0) answer->resolve(std::to_string(n));
          if (n % 3 == 1) std::thread([copy = *answer] { copy.reject("late"); }).join();
        } else if (last) {
          break;
        } else {
          std::this_thread::yield();
        }
        if (i == 0) t.timers.advance(1us);
      }
    });
  }
  int at_once = 0;
  std::vector<engine::CallId> pending;
  for (int i = 0; i < kCalls; ++i) {
    const auto call = session.start_call("host:f", "[]");
    if (call.kind == Kind::kPending) pending.push_back(call.id);
    at_once += call.kind != Kind::kPending;
    const auto timer = session.start_timer(std::chrono::milliseconds(0));
    if (timer.kind == Kind::kPending) pending.push_back(timer.id);
  }
  done.store(true);
  for (auto& thread : answering) thread.join();
  t.timers.advance(1ms);
  const auto counts = t.sink->counts();
  int wrong = t.failures;
  for (const engine::CallId id : pending) wrong += counts.count(id) != 1 || counts.at(id) != 1;
  CHECK(wrong == 0);
  CHECK(counts.size() == pending.size());
  CHECK(pending.size() + static_cast<std::size_t>(at_once) == 2 * kCalls);
}

TEST_CASE(
    "host call threads: an invocation may end while answers arrive and its turn still calls") {
  for (int round = 0; round < 100; ++round) {
    Threads t;
    auto session = std::make_unique<HostCallSession>(t.setup());
    std::atomic<bool> over{false};
    std::thread answering([&] {
      while (!over.load()) {
        if (const auto answer = t.answers.take()) answer->resolve("1");
        t.timers.advance(1ms);
      }
    });
    // The turn of a worker that is given up: it goes on calling after close().
    std::thread turn([&] {
      while (session->start_call("host:f", "[]").text != "the invocation is over") {
        session->log(LogLevel::kInfo, "x");
        session->cancel_timer(session->start_timer(1ms).id);
        session->start_timer(1ms);
        session->remaining();
      }
    });
    while (t.sink->counts().size() < 3) std::this_thread::yield();
    session->close();
    Usage usage;
    session->add_to(usage);
    const auto logs = session->take_logs();
    CHECK(usage.host_calls > 0);
    turn.join();
    session.reset();
    over.store(true);
    answering.join();
    CHECK(t.timers.waiting() == 0);
  }
}

}  // namespace
}  // namespace sublet::hostcall

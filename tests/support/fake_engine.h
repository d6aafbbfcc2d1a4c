// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "engine/engine.h"

namespace sublet::test {

class FakeIsolate;

// What a scripted handler sees in one turn.
struct FakeTurn {
  engine::HostCallPort& port;
  const engine::CallInput* input;  // null but in the first turn
  std::span<const engine::HostCallCompletion> completions;
  std::uint32_t number = 1;  // of this invocation's turns
  bool warned = false;       // limits.signal fired since the turn before
  FakeIsolate& isolate;

  static engine::TurnReport answers(std::string json);
  static engine::TurnReport throws(std::string message);
  static engine::TurnReport awaits(bool stalled = false);
  // Uses CPU until the turn is terminated, as `for (;;) {}` does.
  engine::TurnReport spins();
  // The heap limit is reached: the isolate is exhausted and the turn ends.
  engine::TurnReport exhausts();
  // V8 gives up: tells the isolate's fatal handler and never returns.
  [[noreturn]] void fails_fatally(std::string_view reason);
};

using FakeHandler = std::function<engine::TurnReport(FakeTurn&)>;
// Top-level code; without one, loading succeeds.
using FakeTopLevel = std::function<engine::LoadReport(FakeIsolate&)>;

// Something that a handler waits in without ever looking at the terminator, until told.
class Gate {
 public:
  void wait() {
    base::MutexLock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    while (!open_) changed_.wait(mutex_);
  }
  void open() {
    base::MutexLock lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void await_waiting(int count = 1) {
    base::MutexLock lock(mutex_);
    while (waiting_ < count) changed_.wait(mutex_);
  }

 private:
  base::Mutex mutex_;
  base::CondVar changed_;
  int waiting_ = 0;
  bool open_ = false;
};

// What tests count. Outlives the engine.
struct FakeCounts {
  std::atomic<int> isolates_made{0};
  std::atomic<int> isolates{0};  // alive
  std::atomic<int> contexts_made{0};
  std::atomic<int> contexts{0};
  std::atomic<int> loads{0};
  std::atomic<int> starts{0};
  std::atomic<int> drops{0};
  std::atomic<int> collections{0};
  // Rules of engine.h that the caller broke.
  std::atomic<int> violations{0};
};

// An engine whose handlers are C++ functions, by exported name.
class FakeEngine final : public engine::Engine {
 public:
  explicit FakeEngine(std::shared_ptr<FakeCounts> counts) : counts_(std::move(counts)) {}

  // Before the first isolate.
  void on(std::string handler, FakeHandler function) { handlers_[handler] = std::move(function); }
  void on_load(FakeTopLevel function) { top_level_ = std::move(function); }
  void refuse_isolates(bool on) { refuse_ = on; }
  void set_committed(Bytes bytes) { committed_ = bytes; }

  const FakeHandler* find(const std::string& handler) const;
  const FakeTopLevel& top_level() const { return top_level_; }
  FakeCounts& counts() { return *counts_; }
  Bytes committed() const { return committed_; }

  Result<std::unique_ptr<engine::Isolate>> create_isolate(const engine::IsolateOptions& options,
                                                          engine::FatalHandler on_fatal) override;
  Result<void> prepare(engine::Program&) override { return {}; }
  std::string cache_tag() const override { return "fake"; }

 private:
  std::shared_ptr<FakeCounts> counts_;
  std::map<std::string, FakeHandler> handlers_;
  FakeTopLevel top_level_;
  std::atomic<bool> refuse_{false};
  Bytes committed_ = Bytes::mebibytes(1);
};

class FakeIsolate final : public engine::Isolate, public engine::Terminator {
 public:
  FakeIsolate(FakeEngine& engine, std::shared_ptr<FakeCounts> counts,
              const engine::IsolateOptions& options, engine::FatalHandler on_fatal);
  ~FakeIsolate() override;

  void enter() override;
  void leave() override;
  void assign(const engine::IsolateOptions& options) override;
  std::unique_ptr<engine::Context> create_context(Realm realm) override;
  void run_idle_work() override { check_entered(); }
  void collect_garbage() override;
  engine::Terminator& terminator() override { return *this; }
  engine::MemoryReading memory() const override;
  void reset_peaks() override {}
  bool exhausted() const override { return exhausted_.load(std::memory_order_relaxed); }
  bool take_heap_limit_passed() override { return false; }
  bool take_external_limit_passed() override { return false; }

  void terminate() noexcept override { terminated_.store(true, std::memory_order_relaxed); }

  // For handlers and contexts.
  bool terminated() const { return terminated_.load(std::memory_order_relaxed); }
  void begin_turn() { terminated_.store(false, std::memory_order_relaxed); }
  void exhaust() { exhausted_.store(true, std::memory_order_relaxed); }
  const engine::FatalHandler& on_fatal() const { return on_fatal_; }
  void check_entered();
  const engine::IsolateOptions& options() const { return options_; }
  FakeEngine& fake_engine() { return engine_; }
  FakeCounts& counts() { return *counts_; }

 private:
  FakeEngine& engine_;
  const std::shared_ptr<FakeCounts> counts_;
  engine::IsolateOptions options_;
  const engine::FatalHandler on_fatal_;
  std::atomic<bool> entered_{false};
  std::atomic<bool> terminated_{false};
  std::atomic<bool> exhausted_{false};
};

}  // namespace sublet::test

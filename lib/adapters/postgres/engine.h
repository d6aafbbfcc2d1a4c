// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <thread>

#include "adapters/postgres/connect_settings.h"
#include "adapters/postgres/pool.h"
#include "adapters/postgres/transaction.h"
#include "base/mutex.h"
#include "sublet/result.h"

namespace sublet::adapters::postgres {

// What else lives on the engine's loop. All calls come on its thread.
class LoopGuest {
 public:
  virtual ~LoopGuest() = default;
  // The first session is there.
  virtual void start(uv_loop_s* loop) noexcept = 0;
  // Closes its handles; may come without a start().
  virtual void end() noexcept = 0;
};

// The thread with the event loop on which the pool lives, and the way to it from other threads.
//
// Ownership: shared by the store and the thread, which is the last where the store ends on it: in a
//   callback.
// Thread safety: thread-safe.
class Engine final : public std::enable_shared_from_this<Engine>, private Pool::Host {
 public:
  // `guest`: lives on the loop beside the pool; or null.
  Engine(PoolOptions options, ConnectSettings settings, std::unique_ptr<const Tables> tables,
         std::unique_ptr<LoopGuest> guest = nullptr);
  ~Engine() override;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Starts the thread, connects, and makes the schema. Waits for that.
  Result<void> open() SUBLET_EXCLUDES(mutex_);
  // Hands a call over; answers it where that cannot be.
  void submit(std::unique_ptr<Call> call) noexcept SUBLET_EXCLUDES(mutex_);
  // Answers everything and ends the thread; waits for that, except on the thread itself.
  void close() noexcept SUBLET_EXCLUDES(mutex_);

 private:
  struct Loop;

  bool start();
  void run();
  void on_wake() SUBLET_EXCLUDES(mutex_);
  void on_time();
  void add_arrived() override SUBLET_EXCLUDES(mutex_);
  void dispatched() override SUBLET_EXCLUDES(mutex_);
  void set_timer();
  void end_loop();

  const PoolOptions options_;
  const ConnectSettings settings_;
  const std::unique_ptr<const Tables> tables_;
  const std::unique_ptr<LoopGuest> guest_;
  std::atomic<std::size_t> waiting_{0};
  std::unique_ptr<Loop> loop_;
  std::thread thread_;

  base::Mutex mutex_;
  base::CondVar opened_;
  std::optional<Result<void>> open_result_ SUBLET_GUARDED_BY(mutex_);
  std::list<std::unique_ptr<Call>> inbox_ SUBLET_GUARDED_BY(mutex_);
  bool closing_ SUBLET_GUARDED_BY(mutex_) = false;
};

}  // namespace sublet::adapters::postgres

// SPDX-License-Identifier: Apache-2.0
#include "runtime/uv_timer_thread.h"

#include <uv.h>

#include <algorithm>
#include <chrono>

#include "base/check.h"
#include "base/thread_start.h"

namespace sublet::runtime {

// Everything but uv_async_send() is called on the loop's thread, or before and after it.
struct UvTimerThread::Loop {
  uv_loop_t loop{};
  uv_async_t wake{};
  uv_timer_t timer{};
  UvTimerThread* owner = nullptr;

  bool open(UvTimerThread& timer_thread) {
    owner = &timer_thread;
    if (uv_loop_init(&loop) != 0) return false;
    const auto on_wake = [](uv_async_t* handle) { owner_of(handle)->look_again(); };
    if (uv_async_init(&loop, &wake, on_wake) != 0) {
      uv_loop_close(&loop);
      return false;
    }
    uv_timer_init(&loop, &timer);
    wake.data = timer.data = this;
    return true;
  }

  void run() {
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
  }

  // Ends run(): a loop without handles has nothing to do.
  void close_handles() {
    uv_close(reinterpret_cast<uv_handle_t*>(&wake), nullptr);
    uv_close(reinterpret_cast<uv_handle_t*>(&timer), nullptr);
  }

  void set_timer(base::Nanoseconds delay) {
    const auto rounded_up = std::chrono::ceil<std::chrono::milliseconds>(delay).count();
    const auto on_timer = [](uv_timer_t* handle) {
      owner_of(handle)->run_due();
      owner_of(handle)->look_again();
    };
    uv_update_time(&loop);
    uv_timer_start(&timer, on_timer,
                   static_cast<std::uint64_t>(std::max<std::int64_t>(rounded_up, 0)), 0);
  }

  template <typename Handle>
  static UvTimerThread* owner_of(Handle* handle) {
    return static_cast<Loop*>(handle->data)->owner;
  }
};

UvTimerThread::UvTimerThread(const base::Clock& clock) : clock_(clock) {}

UvTimerThread::~UvTimerThread() { stop(); }

base::TimerService::TimerId UvTimerThread::schedule(base::Nanoseconds delay,
                                                    std::function<void()> fn) {
  const base::TimePoint at = clock_.now() + delay;
  base::MutexLock lock(mutex_);
  if (stopped_ || !ensure_started()) return 0;
  const TimerId id = ++last_id_;
  const auto place = waiting_.emplace(std::pair(at, id), std::move(fn)).first;
  due_at_.emplace(id, at);
  if (place == waiting_.begin()) uv_async_send(&loop_->wake);
  return id;
}

bool UvTimerThread::cancel(TimerId id) noexcept {
  Waiting::node_type dropped;  // ends outside the lock
  base::MutexLock lock(mutex_);
  const auto known = due_at_.find(id);
  if (known == due_at_.end()) return false;
  dropped = waiting_.extract(std::pair(known->second, id));
  due_at_.erase(known);
  return true;
}

void UvTimerThread::stop() {
  Waiting dropped;
  {
    base::MutexLock lock(mutex_);
    dropped.swap(waiting_);
    due_at_.clear();
    if (!stopped_ && loop_) uv_async_send(&loop_->wake);
    stopped_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

bool UvTimerThread::started() const {
  base::MutexLock lock(mutex_);
  return loop_ != nullptr;
}

bool UvTimerThread::ensure_started() {
  if (loop_) return true;
  auto loop = std::make_unique<Loop>();
  if (!loop->open(*this)) return false;
  thread_ = base::start_thread("sublet-timers", [running = loop.get()] { running->run(); });
  if (!thread_.joinable()) {
    loop->close_handles();
    loop->run();
    return false;
  }
  loop_ = std::move(loop);
  return true;
}

void UvTimerThread::run_due() {
  while (const std::function<void()> fn = take_due()) {
    try {
      fn();
    } catch (...) {
      base::report_failed_check(__FILE__, __LINE__, "a timer's function threw");
    }
  }
}

std::function<void()> UvTimerThread::take_due() {
  const base::TimePoint now = clock_.now();
  base::MutexLock lock(mutex_);
  if (waiting_.empty() || waiting_.begin()->first.first > now) return nullptr;
  const auto first = waiting_.extract(waiting_.begin());
  due_at_.erase(first.key().second);
  return std::move(first.mapped());
}

void UvTimerThread::look_again() {
  base::TimePoint at;
  {
    base::MutexLock lock(mutex_);
    if (stopped_) {
      if (uv_is_closing(reinterpret_cast<uv_handle_t*>(&loop_->wake)) == 0) loop_->close_handles();
      return;
    }
    if (waiting_.empty()) return;
    at = waiting_.begin()->first.first;
  }
  loop_->set_timer(at - clock_.now());
}

}  // namespace sublet::runtime

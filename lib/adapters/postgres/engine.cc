// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/engine.h"

#include <uv.h>

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "base/check.h"
#include "base/thread_start.h"

namespace sublet::adapters::postgres {

namespace {

thread_local const Engine* this_threads_engine = nullptr;

}  // namespace

// Everything but uv_async_send() is called on the thread, or before and after it.
struct Engine::Loop {
  uv_loop_t loop{};
  uv_async_t wake{};
  uv_timer_t timer{};
  std::uint64_t timer_at = UINT64_MAX;
  std::optional<Pool> pool;
  bool ending = false;

  bool open(Engine& engine) {
    if (uv_loop_init(&loop) != 0) return false;
    const auto on_wake = [](uv_async_t* handle) { static_cast<Engine*>(handle->data)->on_wake(); };
    if (uv_async_init(&loop, &wake, on_wake) != 0) {
      (void)uv_loop_close(&loop);
      return false;
    }
    (void)uv_timer_init(&loop, &timer);
    wake.data = timer.data = &engine;
    return true;
  }
  // Ends uv_run(): a loop without handles has nothing to do.
  void close_handles() {
    uv_close(reinterpret_cast<uv_handle_t*>(&wake), nullptr);
    uv_close(reinterpret_cast<uv_handle_t*>(&timer), nullptr);
  }
  void run() {
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    pool.reset();
    (void)uv_loop_close(&loop);
  }
};

Engine::Engine(PoolOptions options, ConnectSettings settings, std::unique_ptr<const Tables> tables,
               std::unique_ptr<LoopGuest> guest)
    : options_(std::move(options)),
      settings_(std::move(settings)),
      tables_(std::move(tables)),
      guest_(std::move(guest)) {}

Engine::~Engine() = default;

Result<void> Engine::open() {
  if (!start()) {
    return Error{ErrorCode::kResourceExhausted, "PostgreSQL: no thread or event loop to be had"};
  }
  base::MutexLock lock(mutex_);
  while (!open_result_) opened_.wait(mutex_);
  return *open_result_;
}

bool Engine::start() {
  auto loop = std::make_unique<Loop>();
  if (!loop->open(*this)) return false;
  loop_ = std::move(loop);
  thread_ = base::start_thread("sublet-postgres", [self = shared_from_this()] { self->run(); });
  if (thread_.joinable()) return true;
  loop_->close_handles();
  loop_->run();
  return false;
}

void Engine::run() {
  this_threads_engine = this;
  try {
    Pool::Host& host = *this;
    loop_->pool.emplace(&loop_->loop, options_, settings_, *tables_, waiting_, host);
    loop_->pool->open([this](Result<void> result) {
      if (result && guest_) guest_->start(&loop_->loop);
      base::MutexLock lock(mutex_);
      open_result_ = std::move(result);
      opened_.notify_all();
    });
    set_timer();
  } catch (const std::exception&) {
    base::MutexLock lock(mutex_);
    if (!open_result_) open_result_ = Error{ErrorCode::kResourceExhausted, "out of memory"};
    opened_.notify_all();
  }
  loop_->run();
}

void Engine::submit(std::unique_ptr<Call> call) noexcept {
  std::list<std::unique_ptr<Call>> one;
  try {
    one.emplace_back();
  } catch (const std::bad_alloc&) {
    return call->fail({ErrorCode::kResourceExhausted, "out of memory"});
  }
  one.front() = std::move(call);
  if (waiting_.fetch_add(1) >= options_.max_queue) {
    waiting_.fetch_sub(1);
    return one.front()->fail({ErrorCode::kResourceExhausted, "max_queue calls wait"});
  }
  {
    base::MutexLock lock(mutex_);
    const bool first = inbox_.empty();
    if (!closing_) inbox_.splice(inbox_.end(), one);
    // What the thread itself hands over, in a callback, it finds without being woken.
    if (first && this_threads_engine != this) (void)uv_async_send(&loop_->wake);
  }
  if (!one.empty()) one.front()->fail({ErrorCode::kUnavailable, "the store was closed"});
}

void Engine::on_wake() {
  bool closing = false;
  {
    base::MutexLock lock(mutex_);
    closing = closing_;
  }
  try {
    if (closing) return end_loop();
    loop_->pool->dispatch();
  } catch (const std::exception&) {
    base::report_failed_check(__FILE__, __LINE__, "out of memory");
  }
}

void Engine::add_arrived() {
  std::list<std::unique_ptr<Call>> arrived;
  {
    base::MutexLock lock(mutex_);
    arrived.swap(inbox_);
  }
  for (auto& call : arrived) loop_->pool->add(std::move(call));
}

void Engine::dispatched() {
  {
    base::MutexLock lock(mutex_);
    if (!inbox_.empty()) (void)uv_async_send(&loop_->wake);
  }
  set_timer();
}

void Engine::on_time() {
  loop_->timer_at = UINT64_MAX;
  try {
    loop_->pool->on_time();
  } catch (const std::exception&) {
    base::report_failed_check(__FILE__, __LINE__, "out of memory");
  }
}

void Engine::set_timer() {
  if (loop_->ending || !loop_->pool) return;
  const std::uint64_t due = loop_->pool->due();
  // A timer that comes too early looks again.
  if (due >= loop_->timer_at) return;
  loop_->timer_at = due;
  const std::uint64_t now = uv_now(&loop_->loop);
  const auto on_timer = [](uv_timer_t* handle) { static_cast<Engine*>(handle->data)->on_time(); };
  (void)uv_timer_start(&loop_->timer, on_timer, due > now ? due - now : 0, 0);
}

void Engine::end_loop() {
  if (std::exchange(loop_->ending, true)) return;
  if (loop_->pool) {
    add_arrived();
    loop_->pool->close();
  }
  if (guest_) guest_->end();
  loop_->close_handles();
}

void Engine::close() noexcept {
  if (!thread_.joinable()) return;
  {
    base::MutexLock lock(mutex_);
    closing_ = true;
    (void)uv_async_send(&loop_->wake);
  }
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

}  // namespace sublet::adapters::postgres

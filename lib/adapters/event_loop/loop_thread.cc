// SPDX-License-Identifier: Apache-2.0
#include "adapters/event_loop/loop_thread.h"

#include <uv.h>

#include <utility>

#include "base/thread_start.h"

namespace sublet::adapters {

struct LoopThread::Loop {
  uv_loop_t loop{};
  uv_async_t wake{};
};

LoopThread::LoopThread() = default;

LoopThread::~LoopThread() = default;

bool LoopThread::start(const char* name, std::shared_ptr<LoopUser> user) {
  auto loop = std::make_unique<Loop>();
  if (uv_loop_init(&loop->loop) != 0) return false;
  const auto on_wake = [](uv_async_t* handle) {
    static_cast<LoopThread*>(handle->data)->on_wake();
  };
  if (uv_async_init(&loop->loop, &loop->wake, on_wake) != 0) {
    (void)uv_loop_close(&loop->loop);
    return false;
  }
  loop->wake.data = this;
  loop_ = std::move(loop);
  user_ = std::move(user);
  {
    const base::MutexLock lock(mutex_);
    awake_ = true;
  }
  thread_ = base::start_thread(name, [self = shared_from_this()] {
    self->user_->start(&self->loop_->loop);
    self->run();
  });
  if (thread_.joinable()) return true;
  {
    const base::MutexLock lock(mutex_);
    awake_ = false;
  }
  uv_close(reinterpret_cast<uv_handle_t*>(&loop_->wake), nullptr);
  run();
  return false;
}

void LoopThread::run() noexcept {
  (void)uv_run(&loop_->loop, UV_RUN_DEFAULT);
  (void)uv_loop_close(&loop_->loop);
}

void LoopThread::on_wake() noexcept {
  bool ending = false;
  {
    const base::MutexLock lock(mutex_);
    ending = closing_ && std::exchange(awake_, false);
  }
  if (!ending) return user_->wake();
  uv_close(reinterpret_cast<uv_handle_t*>(&loop_->wake), nullptr);
  user_->end();
}

void LoopThread::wake() noexcept {
  const base::MutexLock lock(mutex_);
  if (awake_) (void)uv_async_send(&loop_->wake);
}

void LoopThread::close() noexcept {
  if (!thread_.joinable()) return;
  {
    const base::MutexLock lock(mutex_);
    closing_ = true;
    if (awake_) (void)uv_async_send(&loop_->wake);
  }
  if (thread_.get_id() == std::this_thread::get_id()) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

}  // namespace sublet::adapters

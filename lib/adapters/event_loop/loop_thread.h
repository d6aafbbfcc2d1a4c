// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <thread>

#include "base/mutex.h"

extern "C" {
struct uv_loop_s;
}

namespace sublet::adapters {

// What lives on a loop's thread. All calls come on that thread.
class LoopUser {
 public:
  virtual ~LoopUser() = default;
  virtual void start(uv_loop_s* loop) noexcept = 0;
  // Somebody called LoopThread::wake().
  virtual void wake() noexcept = 0;
  // Closes its handles; no call follows.
  virtual void end() noexcept = 0;
};

// A thread with an event loop.
//
// Ownership: shared by its owner and the thread, which is the last where the owner ends on it: in a
//   callback. The thread shares the user.
// Thread safety: thread-safe; start() and close() are the owner's.
class LoopThread final : public std::enable_shared_from_this<LoopThread> {
 public:
  LoopThread();
  ~LoopThread();
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

  // A name of at most 15 bytes. False: there is no thread or loop to be had.
  bool start(const char* name, std::shared_ptr<LoopUser> user);
  void wake() noexcept SUBLET_EXCLUDES(mutex_);
  // Ends the user and the thread; waits for that, except on the thread itself.
  void close() noexcept SUBLET_EXCLUDES(mutex_);

 private:
  struct Loop;

  void run() noexcept;
  void on_wake() noexcept SUBLET_EXCLUDES(mutex_);

  std::unique_ptr<Loop> loop_;
  std::shared_ptr<LoopUser> user_;
  std::thread thread_;
  base::Mutex mutex_;
  bool closing_ SUBLET_GUARDED_BY(mutex_) = false;
  bool awake_ SUBLET_GUARDED_BY(mutex_) = false;  // the handle is there
};

}  // namespace sublet::adapters

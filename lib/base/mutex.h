// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

// Clang's thread-safety analysis, checked by the tidy preset; nothing under other compilers.
#if defined(__clang__)
#define SUBLET_ANNOTATION(x) __attribute__((x))
#else
#define SUBLET_ANNOTATION(x)
#endif
#define SUBLET_CAPABILITY(x) SUBLET_ANNOTATION(capability(x))
#define SUBLET_SCOPED_CAPABILITY SUBLET_ANNOTATION(scoped_lockable)
#define SUBLET_GUARDED_BY(x) SUBLET_ANNOTATION(guarded_by(x))
#define SUBLET_REQUIRES(...) SUBLET_ANNOTATION(requires_capability(__VA_ARGS__))
#define SUBLET_ACQUIRE(...) SUBLET_ANNOTATION(acquire_capability(__VA_ARGS__))
#define SUBLET_RELEASE(...) SUBLET_ANNOTATION(release_capability(__VA_ARGS__))
#define SUBLET_TRY_ACQUIRE(...) SUBLET_ANNOTATION(try_acquire_capability(__VA_ARGS__))
#define SUBLET_EXCLUDES(...) SUBLET_ANNOTATION(locks_excluded(__VA_ARGS__))
#define SUBLET_NO_THREAD_SAFETY_ANALYSIS SUBLET_ANNOTATION(no_thread_safety_analysis)

namespace sublet::base {

// std::mutex with annotations, which libstdc++'s own has not.
class SUBLET_CAPABILITY("mutex") Mutex {
 public:
  void lock() SUBLET_ACQUIRE() { mutex_.lock(); }
  void unlock() SUBLET_RELEASE() { mutex_.unlock(); }
  bool try_lock() SUBLET_TRY_ACQUIRE(true) { return mutex_.try_lock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

class SUBLET_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) SUBLET_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() SUBLET_RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// A condition variable for Mutex. Callers loop on their own predicate.
class CondVar {
 public:
  void wait(Mutex& mutex) SUBLET_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  // False: the time came without a notification.
  template <class Clock, class Duration>
  bool wait_until(Mutex& mutex, std::chrono::time_point<Clock, Duration> at) SUBLET_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool notified = condition_.wait_until(lock, at) == std::cv_status::no_timeout;
    lock.release();
    return notified;
  }
  void notify_one() { condition_.notify_one(); }
  void notify_all() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace sublet::base

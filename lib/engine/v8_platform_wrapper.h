// SPDX-License-Identifier: Apache-2.0
#pragma once

// The other place, with v8_compat.h, that knows how V8's API differs by version: v8::Platform has
// another shape in 10.2, in 11.3 and from 12.4 on.

#include <libplatform/libplatform.h>
#include <v8.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>

#include "engine/v8_compat.h"
#include "engine/v8_page_allocator.h"

namespace sublet::engine {

// V8's own platform with two answers of ours: where pages come from, and what the clock shows.
class PlatformWrapper final : public v8::Platform {
 public:
  // `resolution`: the step of the wall clock that JavaScript sees; 0: as the machine has it.
  PlatformWrapper(std::unique_ptr<v8::Platform> inner, bool forkable,
                  std::chrono::microseconds resolution)
      : inner_(std::move(inner)),
        pages_(*inner_->GetPageAllocator(), forkable),
        step_(static_cast<double>(resolution.count()) / 1000) {}

  // For v8::platform's functions, which take only V8's own.
  v8::Platform& inner() { return *inner_; }
  PageAllocator& pages() { return pages_; }

  v8::PageAllocator* GetPageAllocator() override { return &pages_; }
  int NumberOfWorkerThreads() override { return inner_->NumberOfWorkerThreads(); }
  bool IdleTasksEnabled(v8::Isolate* isolate) override { return inner_->IdleTasksEnabled(isolate); }
  void OnCriticalMemoryPressure() override { inner_->OnCriticalMemoryPressure(); }
  // V8's measure of its own collections: JavaScript never sees it.
  double MonotonicallyIncreasingTime() override { return inner_->MonotonicallyIncreasingTime(); }
  double CurrentClockTimeMillis() override { return coarse(inner_->CurrentClockTimeMillis()); }
  StackTracePrinter GetStackTracePrinter() override { return inner_->GetStackTracePrinter(); }
  v8::TracingController* GetTracingController() override { return inner_->GetTracingController(); }
  void DumpWithoutCrashing() override { inner_->DumpWithoutCrashing(); }
  v8::HighAllocationThroughputObserver* GetHighAllocationThroughputObserver() override {
    return inner_->GetHighAllocationThroughputObserver();
  }

#if SUBLET_V8 >= 1100
  std::int64_t CurrentClockTimeMilliseconds() override {
    return static_cast<std::int64_t>(std::floor(CurrentClockTimeMillis()));
  }
  double CurrentClockTimeMillisecondsHighResolution() override {
    return coarse(inner_->CurrentClockTimeMillisecondsHighResolution());
  }
  std::unique_ptr<v8::ScopedBlockingCall> CreateBlockingScope(v8::BlockingType type) override {
    return inner_->CreateBlockingScope(type);
  }
#endif

#if SUBLET_V8 < 1300
  v8::ZoneBackingAllocator* GetZoneBackingAllocator() override {
    return inner_->GetZoneBackingAllocator();
  }
  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner(v8::Isolate* isolate) override {
    return inner_->GetForegroundTaskRunner(isolate);
  }
#else
  using v8::Platform::GetForegroundTaskRunner;
#endif

#if SUBLET_V8 >= 1204
  v8::ThreadIsolatedAllocator* GetThreadIsolatedAllocator() override {
    return inner_->GetThreadIsolatedAllocator();
  }
  std::shared_ptr<v8::TaskRunner> GetForegroundTaskRunner(v8::Isolate* isolate,
                                                          v8::TaskPriority priority) override {
    return inner_->GetForegroundTaskRunner(isolate, priority);
  }
#else
  void CallOnWorkerThread(std::unique_ptr<v8::Task> task) override {
    inner_->CallOnWorkerThread(std::move(task));
  }
  void CallBlockingTaskOnWorkerThread(std::unique_ptr<v8::Task> task) override {
    inner_->CallBlockingTaskOnWorkerThread(std::move(task));
  }
  void CallLowPriorityTaskOnWorkerThread(std::unique_ptr<v8::Task> task) override {
    inner_->CallLowPriorityTaskOnWorkerThread(std::move(task));
  }
  void CallDelayedOnWorkerThread(std::unique_ptr<v8::Task> task, double seconds) override {
    inner_->CallDelayedOnWorkerThread(std::move(task), seconds);
  }
  std::unique_ptr<v8::JobHandle> PostJob(v8::TaskPriority priority,
                                         std::unique_ptr<v8::JobTask> work) override {
    return inner_->PostJob(priority, std::move(work));
  }
#endif

#if SUBLET_V8 < 1100
  bool OnCriticalMemoryPressure(std::size_t length) override {
    return inner_->OnCriticalMemoryPressure(length);
  }
#elif SUBLET_V8 < 1204
  std::unique_ptr<v8::JobHandle> CreateJob(v8::TaskPriority priority,
                                           std::unique_ptr<v8::JobTask> work) override {
    return inner_->CreateJob(priority, std::move(work));
  }
#endif

#if SUBLET_V8 >= 1406
  std::unique_ptr<v8::ScopedBoostablePriority> CreateBoostablePriorityScope() override {
    return inner_->CreateBoostablePriorityScope();
  }
#endif

#if SUBLET_V8 >= 1204
 protected:
  std::unique_ptr<v8::JobHandle> CreateJobImpl(v8::TaskPriority priority,
                                               std::unique_ptr<v8::JobTask> work,
                                               const v8::SourceLocation& location) override {
    return inner_->CreateJob(priority, std::move(work), location);
  }
  void PostTaskOnWorkerThreadImpl(v8::TaskPriority priority, std::unique_ptr<v8::Task> task,
                                  const v8::SourceLocation& location) override {
#if SUBLET_V8 >= 1300
    inner_->PostTaskOnWorkerThread(priority, std::move(task), location);
#else
    if (priority == v8::TaskPriority::kUserBlocking) {
      inner_->CallBlockingTaskOnWorkerThread(std::move(task), location);
    } else if (priority == v8::TaskPriority::kBestEffort) {
      inner_->CallLowPriorityTaskOnWorkerThread(std::move(task), location);
    } else {
      inner_->CallOnWorkerThread(std::move(task), location);
    }
#endif
  }
  void PostDelayedTaskOnWorkerThreadImpl(v8::TaskPriority priority, std::unique_ptr<v8::Task> task,
                                         double seconds,
                                         const v8::SourceLocation& location) override {
#if SUBLET_V8 >= 1300
    inner_->PostDelayedTaskOnWorkerThread(priority, std::move(task), seconds, location);
#else
    // Not part of what this V8 lets a caller say.
    (void)priority;
    inner_->CallDelayedOnWorkerThread(std::move(task), seconds, location);
#endif
  }
#endif

 private:
  double coarse(double milliseconds) const {
    return step_ == 0 ? milliseconds : std::floor(milliseconds / step_) * step_;
  }

  const std::unique_ptr<v8::Platform> inner_;
  PageAllocator pages_;
  const double step_;  // milliseconds
};

}  // namespace sublet::engine

// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_platform.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <memory>

#include "base/mutex.h"
#include "engine/v8_compat.h"
#include "engine/v8_icu_memory.h"
#include "engine/v8_platform_wrapper.h"

namespace sublet::engine {
namespace {

struct Process {
  base::Mutex mutex;
  std::atomic<bool> started{false};
  std::atomic<bool> forked{false};
  std::atomic<bool> forkable{false};
  std::atomic<PlatformWrapper*> platform{nullptr};  // null: the host's
  std::atomic<std::chrono::microseconds> clock_step{std::chrono::milliseconds(1)};
};

// Lives as long as the process: V8 cannot be started twice, so it is never stopped.
Process& process() {
  static Process* const instance = new Process;
  return *instance;
}

void set_flag(const char* flag) { v8::V8::SetFlagsFromString(flag); }

void set_flags(bool jitless) {
  // All of V8's work happens on the thread that runs the tenant: it is charged to the tenant's CPU
  // clock, and a thread that has to be abandoned takes no shared worker with it.
  set_flag("--single-threaded");
#if SUBLET_V8 < 1100
  // Loops around slow built-ins see a termination only when the interrupt budget is spent. A small
  // budget with proportionally more ticks keeps the optimizer's timing, but for small functions,
  // which it would optimize early once nothing changed between two ticks.
  set_flag("--interrupt-budget=2000");
  set_flag("--ticks-before-optimization=200");
  set_flag("--max-bytecode-size-for-early-opt=0");
#endif
  if (jitless) {
    set_flag("--jitless");
    // V8 would print that it does this itself.
    set_flag("--no-expose-wasm");
  }
}

Error forked_error() {
  return Error{ErrorCode::kFailedPrecondition,
               "this process was forked after V8 had started in its parent; create the "
               "ExtensionHost in the worker process, after the fork"};
}

}  // namespace

Result<void> start_v8(const V8Startup& startup) {
  Process& state = process();
  // Before the lock: a fork may have copied it while another thread held it.
  if (forked_after_start()) return forked_error();
  base::MutexLock lock(state.mutex);
  if (state.started.load()) return {};
  // A flag set in the child costs the calls that ask for it nothing, unlike getpid().
  state.forkable = startup.forkable;
  if (!startup.forkable) pthread_atfork(nullptr, nullptr, [] { process().forked = true; });
  state.clock_step = std::max(state.clock_step.load(), startup.clock_resolution);
  if (startup.platform == nullptr) {
    if (startup.count_icu_memory) count_icu_memory();
    set_flags(startup.jitless);
    state.platform = new PlatformWrapper(v8::platform::NewSingleThreadedDefaultPlatform(),
                                         startup.forkable, startup.clock_resolution);
    v8::V8::InitializePlatform(state.platform);
    v8::V8::Initialize();
  }
  state.started = true;
  return {};
}

bool forked_after_start() noexcept { return process().forked.load(std::memory_order_relaxed); }

bool started_forkable() noexcept { return process().forkable.load(std::memory_order_relaxed); }

v8::Platform* own_platform() noexcept {
  PlatformWrapper* const platform = process().platform.load(std::memory_order_acquire);
  return platform == nullptr ? nullptr : &platform->inner();
}

std::chrono::nanoseconds clock_step() noexcept {
  return process().clock_step.load(std::memory_order_relaxed);
}

PageLedger* page_ledger() noexcept {
  PlatformWrapper* const platform = process().platform.load(std::memory_order_acquire);
  return platform == nullptr ? nullptr : &platform->pages().ledger();
}

}  // namespace sublet::engine

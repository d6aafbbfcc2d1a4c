// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <v8.h>

#include <chrono>

#include "engine/v8_page_ledger.h"
#include "sublet/result.h"

namespace sublet::engine {

// How V8 is started; only the first start in a process counts.
struct V8Startup {
  v8::Platform* platform = nullptr;  // the host's own, already in use; null: Sublet starts V8
  bool jitless = false;
  // For a process that forks: single-threaded, with isolates that go on in its children.
  bool forkable = false;
  // The step of the wall clock that JavaScript sees; 0: as fine as V8 shows it. Not with a host's
  // platform, which has a clock of its own.
  std::chrono::microseconds clock_resolution{0};
  // Charges what ICU allocates to isolates; see v8_icu_memory.h for when that must not be. Not with
  // a host's platform: V8 and ICU are in use then.
  bool count_icu_memory = true;
};

// Starts V8 once for the process. kFailedPrecondition in a child of the process that started it
// without `forkable`: V8's threads and memory do not survive such a fork.
Result<void> start_v8(const V8Startup& startup);

// Whether V8 was started here by an ancestor process of this one, and not to be forked.
bool forked_after_start() noexcept;

// Whether V8 was started to be forked: this is then a child of a process that started it, or that.
bool started_forkable() noexcept;

// After start_v8(). V8's own platform, which Sublet may pump; null where the host's is in use.
v8::Platform* own_platform() noexcept;
// The step of every clock that JavaScript can tell the time by: at least a millisecond, because a
// finer one helps to read memory by timing.
std::chrono::nanoseconds clock_step() noexcept;
// What V8's isolates have committed; null where the host's platform is in use.
PageLedger* page_ledger() noexcept;

}  // namespace sublet::engine

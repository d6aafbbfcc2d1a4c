// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>

#include "engine/engine.h"
#include "sublet/result.h"

namespace sublet::engine {

struct V8EngineOptions {
  void* platform = nullptr;  // a v8::Platform* of the host's; null: Sublet starts V8
  bool jitless = false;
  bool forkable = false;  // isolates go on in children that this process forks
  // The step of the wall clock that JavaScript sees; 0: as fine as V8 shows it.
  std::chrono::microseconds clock_resolution{0};
  // Charges what ICU (Intl, normalize(), locale functions) allocates to Limits::external_memory.
  // Not for a host that gives ICU memory functions of its own.
  bool count_icu_memory = true;
  // Set: programs are prepared on the calling thread, and where V8 gives up meanwhile this is
  // called; it must not return. Else on a thread of their own.
  FatalHandler on_fatal = nullptr;
};

// Starts V8 for the process where needed. kFailedPrecondition after a fork,
// but for a forkable engine.
Result<std::unique_ptr<Engine>> create_v8_engine(const V8EngineOptions& options);

// Whether ICU's memory is counted: asked for, and V8 uses a shared ICU.
bool icu_memory_counted() noexcept;

// Whether this process was forked from one in which V8 was started here, and not to be forked.
bool process_was_forked() noexcept;

}  // namespace sublet::engine

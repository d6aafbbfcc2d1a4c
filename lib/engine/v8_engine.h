// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "engine/engine.h"
#include "sublet/result.h"

namespace sublet::engine {

struct V8EngineOptions {
  void* platform = nullptr;  // a v8::Platform* of the host's; null: Sublet starts V8
  bool jitless = false;
};

// Starts V8 for the process where needed. kFailedPrecondition after a fork.
Result<std::unique_ptr<Engine>> create_v8_engine(const V8EngineOptions& options);

// Whether this process was forked from one in which V8 was started here.
bool process_was_forked() noexcept;

}  // namespace sublet::engine

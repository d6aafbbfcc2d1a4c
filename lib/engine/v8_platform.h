// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <v8.h>

#include "sublet/result.h"

namespace sublet::engine {

// How V8 is started; only the first start in a process counts.
struct V8Startup {
  v8::Platform* platform = nullptr;  // the host's own, already in use; null: Sublet starts V8
  bool jitless = false;
};

// Starts V8 once for the process. kFailedPrecondition in a child of the process that started it:
// V8's threads and memory do not survive a fork.
Result<void> start_v8(const V8Startup& startup);

// Whether V8 was started here by an ancestor process of this one.
bool forked_after_start() noexcept;

// The platform in use, after start_v8().
v8::Platform* v8_platform() noexcept;
// Whether that is V8's own default platform, which Sublet may pump.
bool owns_platform() noexcept;

}  // namespace sublet::engine

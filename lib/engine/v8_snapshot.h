// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <v8.h>

#include <cstddef>

#include "sublet/result.h"

namespace sublet::engine {

// The startup snapshot that every isolate starts from: a context with the SDK evaluated.
struct Snapshot {
  v8::StartupData blob{nullptr, 0};
  std::size_t context_index = 0;
  std::size_t hooks_index = 0;  // the SDK's hooks, among the context's data
};

// Made once for the process, from the SDK that is built into the library: a snapshot fits one exact
// V8 and its flags only, so none is kept on disk. Needs V8 started.
Result<const Snapshot*> startup_snapshot();

}  // namespace sublet::engine

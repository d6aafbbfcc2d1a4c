// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace sublet::sandbox {

struct ZygoteSetup {
  int control = -1;
  bool jitless = false;
  std::chrono::microseconds clock_resolution{0};
};

// The helper's work: starts V8, makes one isolate with one context, and forks a process for each
// request until the host is gone. Runs no tenant code itself. Its exit status.
int run_zygote(const ZygoteSetup& setup);

}  // namespace sublet::sandbox

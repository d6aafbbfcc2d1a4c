// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

namespace sublet::hostile {

// Resident memory in megabytes.
struct ResidentMemory {
  double host = 0;     // of the process itself
  double helpers = 0;  // of all its descendants, shared pages divided among those that share them
  double sum() const { return host + helpers; }
};

double host_memory(pid_t process);

// Reads every process's parent: dearer than host_memory().
double helper_memory(pid_t process);

}  // namespace sublet::hostile

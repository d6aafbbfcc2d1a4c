// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

namespace sublet::hostile {

// Resident memory in megabytes.
struct ResidentMemory {
  double host = 0;     // of the process itself
  double helpers = 0;  // of all other descendants of this process, their shared pages divided
  double sum() const { return host + helpers; }
};

double host_memory(pid_t process);

// Reads every process's parent: dearer than host_memory(). A helper need not be the host's child,
// but it is a descendant of this process, which has to be a subreaper.
double helper_memory(pid_t host);

}  // namespace sublet::hostile

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

namespace sublet::sandbox {

// The number of a pidfd's process in this process's namespace; the zygote may know it by another
// one. -1: it has ended, or /proc is not mounted.
pid_t number_of_process(int process);

}  // namespace sublet::sandbox

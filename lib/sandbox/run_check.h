// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sublet::sandbox {

// The helper's work when it is asked to check the system (`--check`): starts V8, confines itself
// and a process that it forks, and writes the ConfinementCheck to `descriptor`. Its exit status.
int run_check(int descriptor);

}  // namespace sublet::sandbox

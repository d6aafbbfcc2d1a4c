// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include "sandbox/walls.h"

namespace sublet::sandbox {

// Gives up being root for the user and group `id` (also where only the effective user is root), and
// enters namespaces of its own where `namespaces` is set and the system allows them: mount, with an
// empty root; network, IPC and UTS; and a user namespace in which the user is `id`. The process
// must have one thread. What could not be had is not an error.
Walls leave_the_system(id_t id, bool namespaces);

// Gives up every capability, here and for good. False: some is left.
bool drop_capabilities() noexcept;

}  // namespace sublet::sandbox

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sandbox/walls.h"

namespace sublet::sandbox {

// Puts the calling thread into a Landlock domain of its own that may open no file, use no TCP port,
// and reach no process outside it by signals or abstract sockets: as much of it as the kernel
// knows. Needs no namespace and no privilege, but no_new_privs. Empty where the kernel has no
// Landlock.
Walls enter_landlock() noexcept;

}  // namespace sublet::sandbox

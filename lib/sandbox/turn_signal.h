// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>

namespace sublet::sandbox {

// Sent to a sandboxed process with the number of the turn that is to end. Only the helper
// executable has a handler for it.
inline constexpr int kTurnSignal = SIGUSR1;

}  // namespace sublet::sandbox

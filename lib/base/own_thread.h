// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sublet::base {

// Whether the calling thread is one of Sublet's, or runs one of its callbacks: it must not wait for
// an invocation, since it may be the one that the invocation waits for.
bool on_own_thread() noexcept;
// Every thread that Sublet starts calls this first.
void mark_own_thread() noexcept;

}  // namespace sublet::base

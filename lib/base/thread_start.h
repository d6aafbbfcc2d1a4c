// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <thread>

namespace sublet::base {

// A thread of this name (at most 15 bytes) with every signal blocked: signals are the host's.
// Not joinable where the system gives no thread.
std::thread start_thread(const char* name, std::function<void()> body);

// The calling thread's sleeps end when asked for, not up to 50 us later.
void use_exact_timers() noexcept;

}  // namespace sublet::base

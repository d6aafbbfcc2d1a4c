// SPDX-License-Identifier: Apache-2.0
#include "base/own_thread.h"

namespace sublet::base {
namespace {

thread_local bool own = false;

}  // namespace

bool on_own_thread() noexcept { return own; }
void mark_own_thread() noexcept { own = true; }

}  // namespace sublet::base

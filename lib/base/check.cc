// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"

#include <atomic>
#include <cassert>

namespace sublet::base {
namespace {

std::atomic<CheckHandler> handler_in_force{nullptr};

}  // namespace

void set_check_handler(CheckHandler handler) noexcept { handler_in_force.store(handler); }

void report_failed_check(const char* file, int line, const char* what) noexcept {
  if (const CheckHandler handler = handler_in_force.load()) handler(file, line, what);
#if defined(SUBLET_FATAL_CHECKS)
  assert(false && "SUBLET_CHECK failed");
#endif
}

}  // namespace sublet::base

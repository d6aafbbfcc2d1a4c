// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sublet::base {

// Called where one of our own invariants does not hold. Thread-safe and noexcept; the default drops
// the report. ExtensionHost forwards it to Observer::internal_error.
using CheckHandler = void (*)(const char* file, int line, const char* what) noexcept;

void set_check_handler(CheckHandler handler) noexcept;
void report_failed_check(const char* file, int line, const char* what) noexcept;

}  // namespace sublet::base

// False where the condition is false, after reporting it: `if (!SUBLET_CHECK(x)) return ...`.
// Debug builds stop there; a release build never aborts.
#define SUBLET_CHECK(condition) \
  ((condition) ? true : (::sublet::base::report_failed_check(__FILE__, __LINE__, #condition), false))

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace sublet::sandbox {

// What code that has broken out of V8 would try. Each returns true where it got something.
struct Attack {
  const char* name;
  bool (*run)();
  // Any process may do it, on any system, without leaving a trace.
  bool common = false;
};

std::vector<Attack> attacks();

}  // namespace sublet::sandbox

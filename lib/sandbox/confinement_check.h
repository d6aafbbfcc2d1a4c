// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "sandbox/walls.h"

namespace sublet::sandbox {

// What the helper found out about the system it is on, by doing there what it does for tenants.
struct ConfinementCheck {
  std::string version;  // of the library that the helper was built with
  std::string engine;   // V8's
  Walls zygote;
  Walls child;          // of a process that it forked: its own, beside the zygote's
  std::string failure;  // a sentence; empty: processes can be confined
};

// Lines of "key=value": version, engine, zygote, child, failure.
std::string encode(const ConfinementCheck& check);
// Passes over lines that it does not know.
ConfinementCheck parse_confinement_check(std::string_view lines);

}  // namespace sublet::sandbox

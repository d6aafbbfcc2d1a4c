// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sublet/tenant.h"

namespace sublet::hostile {

struct HostSettings {
  Isolation tier = Isolation::kInProcess;
  int workers = 2;
  // Of an invocation of a hostile program, CPU and wall time each.
  int limit_ms = 500;
  // How often each program is invoked: the second call finds the tenant recovered, or refused in
  // good order.
  int invocations = 2;
  // The calls of the good tenant that its quiet figures rest on, and those that it makes at least
  // beside each program.
  int quiet_calls = 300;
  int calls_beside = 100;
  // How often a program that seemed to disturb the good tenant is run again: it did where it does
  // so each time.
  int again = 2;
};

// The words of the command line that say the same.
std::vector<std::string> to_arguments(const HostSettings& settings);

// The descriptor of the process with the host that leads to the one that watches it.
inline constexpr int kHostDescriptor = 3;

// The line of JSON that the process with the host and the one that watches it say to each other.
using Message = nlohmann::json;

// Runs the host: reads requests from the descriptor and answers each, until {"do": "end"} or the
// end of the file. Requests are {"do": "quiet"}, {"do": "run", "program": path} and {"do": "soak",
// ...}. Answers the process's exit status.
int serve(const HostSettings& settings, int descriptor);

}  // namespace sublet::hostile

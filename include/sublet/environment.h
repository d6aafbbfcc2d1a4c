// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/export.h"
#include "sublet/extension_host.h"

namespace sublet {
inline namespace v1 {

// One finding about the process, the machine and the build that extensions are to run in.
struct EnvironmentCheck {
  enum class Status : std::uint8_t {
    kOk,
    kDegraded,  // works, with less protection or less room than there could be
    kFailed,    // something that the options ask for cannot work
  };
  std::string name;  // stable: "user_namespace"
  Status status = Status::kOk;
  std::string detail;  // what was found, what it means, what to do
};

// The stable lower-case name of a status, for logs: "degraded".
SUBLET_EXPORT std::string_view to_string(EnvironmentCheck::Status status) noexcept;

// Looks at everything outside Sublet that its protection rests on: V8's version and build, the
// helper executable and what the system lets it do, limits, signal handlers, the kernel's settings.
// Changes nothing in this process; what has to be tried is tried in a run of the helper, which
// takes some tens of milliseconds, or up to 20 s on a machine that is out of breath. Thread-safe.
SUBLET_EXPORT std::vector<EnvironmentCheck> check_environment(const HostOptions& options = {});

}  // namespace v1
}  // namespace sublet

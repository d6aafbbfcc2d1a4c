// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sublet/extension_host.h"
#include "sublet/result.h"

namespace sublet::host {

// Refuses options out of range, and fills in what 0 stands for: workers and memory budget.
Result<HostOptions> complete_options(HostOptions options);

}  // namespace sublet::host

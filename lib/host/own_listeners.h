// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "policy/egress/address.h"
#include "sublet/result.h"

namespace sublet::host {

// HostRequestOptions::own_listeners, each address by itself: "0.0.0.0:80" and "[::]:80" become
// every address that this machine has now.
Result<std::vector<policy::Endpoint>> read_own_listeners(const std::vector<std::string>& texts);

}  // namespace sublet::host

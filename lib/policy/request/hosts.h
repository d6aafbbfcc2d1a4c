// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "policy/egress/host_pattern.h"
#include "policy/request/declaration.h"
#include "sublet/result.h"

namespace sublet::policy {

// The hosts that a list of the manifest names, in its order. An error names file, line and field:
// 'extension.json:7: parameters.key.hosts[1] "*" may have ...'. What parse_manifest() has taken
// parses.
Result<std::vector<HostPattern>> parse_hosts(std::string_view field,
                                             std::span<const LocatedText> hosts);

}  // namespace sublet::policy

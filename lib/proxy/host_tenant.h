// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sublet::proxy {

// Under which the host keeps what is no tenant's: no tenant of it can have a '/' in its id.
inline constexpr std::string_view kHostTenant = "sublet/host";

}  // namespace sublet::proxy

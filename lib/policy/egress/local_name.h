// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sublet::policy {

// What a name is kept for, where it never names a host of the public internet: "a metadata
// service", "the machine itself", ...; else empty. `name` is canonical, and no address.
std::string_view local_use_of(std::string_view name) noexcept;

}  // namespace sublet::policy

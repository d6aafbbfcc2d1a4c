// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "policy/egress/address.h"

namespace sublet::policy {

// Whether a host's last label is a number, decimal or hexadecimal: such a host is an IPv4 address
// or nothing (WHATWG URL, "ends in a number").
bool ends_in_number(std::string_view host) noexcept;

// One to four numbers, each decimal, octal (017) or hexadecimal (0x1f), the last one filling what
// is left of the 32 bits: what inet_aton and browsers read. nullopt where a number does not fit.
std::optional<IpAddress> read_numeric_host(std::string_view host) noexcept;

}  // namespace sublet::policy

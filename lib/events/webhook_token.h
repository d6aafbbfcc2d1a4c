// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sublet::events {

// An address: 192 bits of OpenSSL's, in base64url. Nullopt: there is no randomness to be had.
std::optional<std::string> random_address();
// What it is found by, in hexadecimal.
std::string address_hash(std::string_view address);

}  // namespace sublet::events

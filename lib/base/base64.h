// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sublet::base {

// 0 to 63 for a digit of base64 (RFC 4648, the standard alphabet), else -1.
int base64_digit(char c) noexcept;

// With padding.
std::string encode_base64(std::string_view bytes);

// Padding may be left out; anything else that is not canonical base64 is nullopt.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace sublet::base

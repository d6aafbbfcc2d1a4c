// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sublet/result.h"

// A number within its bounds, or kInvalidArgument, which names both.
namespace sublet::adapters {

Result<void> check_range(std::string_view field, std::uint64_t value, std::uint64_t least,
                         std::uint64_t most);
// The size of `bytes`.
Result<void> check_bytes(std::string_view field, std::string_view bytes, std::size_t least,
                         std::size_t most);
Result<void> check_span(std::string_view field, std::chrono::milliseconds value,
                        std::chrono::milliseconds least, std::chrono::milliseconds most);

}  // namespace sublet::adapters

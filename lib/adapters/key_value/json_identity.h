// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sublet::adapters {

// Two JSON texts have the same identity where they mean the same value: 1 and 1.0, members in any
// order. Without recursion; the text passed scan_json().
std::string json_identity(std::string_view text);

}  // namespace sublet::adapters

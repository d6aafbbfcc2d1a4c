// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sublet::engine {

// What stands before the entry module's text in Program::closure, on its first line: positions in
// it are moved back by this much.
constexpr std::string_view kClosurePrefix = "(function(){'use strict';";
constexpr int kClosurePrefixLength = static_cast<int>(kClosurePrefix.size());

}  // namespace sublet::engine

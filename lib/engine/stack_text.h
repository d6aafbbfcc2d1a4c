// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "engine/program.h"

namespace sublet::engine {

// The frames of an error's `stack` text, positions mapped by the program's source maps, without the
// frames of the SDK. The first line (name and message) is left out. At most 32 frames and 16 KiB.
std::string map_stack(std::string_view stack, const Program& program);

// "path:line:column" of one position, mapped where the module has a map.
std::string map_position(const Program& program, std::string_view path, std::uint32_t line,
                         std::uint32_t column);

}  // namespace sublet::engine

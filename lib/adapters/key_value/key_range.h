// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sublet::adapters {

// The first key, in the order of bytes, after all keys that begin with `prefix`; none where there
// is no such key: of an empty prefix, and of one that is all 0xff.
std::optional<std::string> end_of_prefix(std::string_view prefix);

}  // namespace sublet::adapters

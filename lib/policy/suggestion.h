// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace sublet::policy {

// The one of `known` that `word` was probably meant to be: fewest edits, and no more than a third
// of the known word's length, but always one.
std::optional<std::string_view> nearest_word(std::string_view word,
                                             std::span<const std::string_view> known);

}  // namespace sublet::policy

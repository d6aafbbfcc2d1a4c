// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_cursor.h"
#include "sublet/result.h"

namespace sublet::policy {

inline constexpr std::size_t kMaxContextBytes = 1u << 20;
inline constexpr std::uint32_t kMaxContextDepth = 64;

// One value as a request uses it.
struct Value {
  base::JsonKind kind = base::JsonKind::kNull;
  std::string text;  // of a string what it says, else its JSON text
};

// Finds every path in one pass over the context: by slot, nullopt for what is not there. A name
// that is given twice has its last value, as in JSON.parse. Errors: the context is no JSON object,
// or is too large or too deep.
Result<std::vector<std::optional<Value>>> find_in_context(
    std::string_view context, std::span<const std::vector<std::string>> paths);

}  // namespace sublet::policy

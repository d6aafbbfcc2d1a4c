// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sublet/adapters/key_value_store.h"

namespace sublet::adapters {

// Whether a space is Sublet's own, as the one for data keys is.
bool is_internal_space(std::string_view space) noexcept;

// One line of an export; see KeyValueData::export_lines().
std::string line_of(const std::string& space, const KeyValueEntry& entry);

// What a line says; version and update time are left out.
struct ParsedLine {
  KeyValueKey at;
  KeyValueValue value;
  std::optional<KeyValueTime> expires_at;
};
// Errors name the field.
Result<ParsedLine> parse_line(std::string_view line);

}  // namespace sublet::adapters

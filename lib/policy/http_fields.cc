// SPDX-License-Identifier: Apache-2.0
#include "policy/http_fields.h"

#include <algorithm>
#include <cstdint>

namespace sublet::policy {

std::string_view trim_field(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool same_field_name(std::string_view left, std::string_view right) noexcept {
  return base::same_but_for_case(left, right);
}

std::optional<std::chrono::seconds> parse_delta_seconds(std::string_view text) noexcept {
  if (text.empty()) return std::nullopt;
  std::int64_t seconds = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    seconds = std::min<std::int64_t>(seconds * 10 + (digit - '0'), kMostDeltaSeconds.count());
  }
  return std::chrono::seconds(seconds);
}

std::vector<std::string_view> values_of(const HttpFields& fields, std::string_view name) {
  std::vector<std::string_view> values;
  for (const HttpField& field : fields) {
    if (same_field_name(field.name, name)) values.emplace_back(trim_field(field.value));
  }
  return values;
}

bool has_field(const HttpFields& fields, std::string_view name) noexcept {
  return std::any_of(fields.begin(), fields.end(),
                     [name](const HttpField& field) { return same_field_name(field.name, name); });
}

std::optional<std::string_view> only_value_of(const HttpFields& fields,
                                              std::string_view name) noexcept {
  std::optional<std::string_view> value;
  for (const HttpField& field : fields) {
    if (!same_field_name(field.name, name)) continue;
    const std::string_view here = trim_field(field.value);
    if (value && *value != here) return std::nullopt;
    value = here;
  }
  return value;
}

std::vector<std::string_view> list_members(const HttpFields& fields, std::string_view name) {
  std::vector<std::string_view> members;
  for (std::string_view rest : values_of(fields, name)) {
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const std::string_view member = trim_field(rest.substr(0, comma));
      if (!member.empty()) members.push_back(member);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return members;
}

}  // namespace sublet::policy

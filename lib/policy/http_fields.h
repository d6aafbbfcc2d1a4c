// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"

namespace sublet::policy {

// One header field line, as it was received or will be sent.
struct HttpField {
  std::string name;
  std::string value;

  friend bool operator==(const HttpField&, const HttpField&) = default;
};
using HttpFields = std::vector<HttpField>;

// RFC 9111 section 1.2.2: a number of seconds too large to hold counts as this one.
constexpr std::chrono::seconds kMostDeltaSeconds{std::int64_t{1} << 31};

// Without the optional white space (RFC 9110 section 5.6.3) around it.
std::string_view trim_field(std::string_view text) noexcept;
bool same_field_name(std::string_view left, std::string_view right) noexcept;
using base::lower_case;

// One or more digits and nothing else; at most kMostDeltaSeconds.
std::optional<std::chrono::seconds> parse_delta_seconds(std::string_view text) noexcept;

// The values of the lines with this name, in order.
std::vector<std::string_view> values_of(const HttpFields& fields, std::string_view name);
bool has_field(const HttpFields& fields, std::string_view name) noexcept;
// The value of the only line with this name; nothing where there is none, and where there are
// several that differ: which one holds, nobody can say.
std::optional<std::string_view> only_value_of(const HttpFields& fields,
                                              std::string_view name) noexcept;

// The members of a list field (RFC 9110 section 5.6.1) that holds no quoted commas, such as Vary:
// trimmed, empty ones left out.
std::vector<std::string_view> list_members(const HttpFields& fields, std::string_view name);

}  // namespace sublet::policy

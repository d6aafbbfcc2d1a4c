// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_cursor.h"
#include "policy/request/declaration.h"
#include "sublet/result.h"

// The values that are given when an extension is installed, held against the manifest.
namespace sublet::policy {

inline constexpr std::size_t kMaxParameterBytes = 16u << 10;
inline constexpr std::size_t kMaxParametersBytes = 256u << 10;
inline constexpr std::size_t kMaxPatternBytes = 512;
// Where a manifest names no max_length, in characters.
inline constexpr std::size_t kDefaultMaxLength = 4096;
// What is shorter could be found in any answer by accident, and is guessed soon.
inline constexpr std::size_t kMinSecretLength = 8;

struct ParameterValue {
  bool secret = false;
  base::JsonKind kind = base::JsonKind::kNull;  // a string, a number or a boolean
  std::string text;                             // of a string what it says, else its JSON text
};
using ParameterValues = std::map<std::string, ParameterValue, std::less<>>;

// One rule that one value breaks. The message names both and never shows the value.
struct ParameterFault {
  std::string parameter;
  // "json", "unknown", "twice", "required", "type", "min_length", "max_length", "pattern",
  // "choices", "number", "url", "domain"
  std::string_view rule;
  std::string message;
};

struct CheckedParameters {
  ParameterValues values;  // of what was given, and defaults
  std::vector<ParameterFault> faults;

  bool ok() const noexcept { return faults.empty(); }
};

// `given` is a JSON object. null stands for a parameter that is not given.
CheckedParameters check_parameters(std::span<const ParameterDeclaration> declared,
                                   std::string_view given);

// One value, whose JSON text must have passed scan_json(). The error's message is the fault's.
Result<ParameterValue> check_parameter(const ParameterDeclaration& declared, std::string_view json);

// What keeps a pattern from being a regular expression, or "". The syntax is RE2's, which has no
// back-references and no look-around and takes linear time; a pattern is about the whole text.
std::string pattern_fault(std::string_view pattern);
bool matches_pattern(std::string_view pattern, std::string_view text);

// Labels of a-z, A-Z, 0-9 and "-" with dots between them, in all at most 253 bytes, whose last one
// is no number: never an address, a port or a path. "acme" is one.
bool is_domain(std::string_view text) noexcept;

// http or https, a host, a port perhaps, and then only what RFC 3986 allows; no user information.
bool is_web_url(std::string_view text) noexcept;

}  // namespace sublet::policy

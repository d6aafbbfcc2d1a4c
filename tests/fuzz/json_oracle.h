// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace sublet::test {

// Writes a text so that nlohmann::json gives the verdict of RFC 8259's grammar on it, where its own
// differs: it refuses half a surrogate pair in an escape, and numbers beyond a double's range. So
// the escape becomes one of an ordinary character, and of a number's digits two are kept in a row.
inline std::string without_values_beyond_range(std::string_view text) {
  std::string out;
  bool in_string = false;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\' && i + 1 < text.size()) {
      out += c;
      out += text[++i];
      const bool surrogate = text[i] == 'u' && i + 2 < text.size() && (text[i + 1] | 0x20) == 'd' &&
                             text[i + 2] >= '8';
      if (surrogate) {
        out += '1';
        ++i;
      }
      continue;
    }
    if (c == '"') in_string = !in_string;
    digits = !in_string && c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits <= 2) out += c;
  }
  return out;
}

// Whether `text` is JSON as RFC 8259 has it. nlohmann::json passes over a byte order mark and ends
// at a NUL byte; the grammar does neither.
inline bool is_json(std::string_view text) {
  if (text.find('\0') != std::string_view::npos || text.starts_with("\xEF\xBB\xBF")) return false;
  return nlohmann::json::accept(without_values_beyond_range(text));
}

}  // namespace sublet::test

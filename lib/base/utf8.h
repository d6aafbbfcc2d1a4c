// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

// UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
namespace sublet::base {

// The length (1 to 4) of the well-formed sequence at `text[0]`, or 0. `end` is one past the last
// readable byte, and `text` is before it.
inline std::size_t utf8_sequence_length(const unsigned char* text, const unsigned char* end) {
  const auto continues = [](unsigned char byte) { return (byte & 0xC0) == 0x80; };
  const unsigned char lead = text[0];
  const auto room = static_cast<std::size_t>(end - text);
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return room >= 2 && continues(text[1]) ? 2 : 0;
  if (lead < 0xF0) {
    if (room < 3 || !continues(text[1]) || !continues(text[2])) return 0;
    if (lead == 0xE0) return text[1] >= 0xA0 ? 3 : 0;
    if (lead == 0xED) return text[1] < 0xA0 ? 3 : 0;
    return 3;
  }
  if (lead > 0xF4 || room < 4) return 0;
  if (!continues(text[1]) || !continues(text[2]) || !continues(text[3])) return 0;
  if (lead == 0xF0) return text[1] >= 0x90 ? 4 : 0;
  if (lead == 0xF4) return text[1] < 0x90 ? 4 : 0;
  return 4;
}

// Whether every byte is below 0x80.
bool is_ascii(std::string_view text) noexcept;

// The length of the longest prefix that is UTF-8: text.size() where all of it is.
std::size_t utf8_valid_prefix(std::string_view text) noexcept;

inline bool is_utf8(std::string_view text) noexcept {
  return utf8_valid_prefix(text) == text.size();
}

// The longest prefix of at most `max_bytes` that ends between characters. Of text that is not
// UTF-8, some prefix of at most `max_bytes`.
std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept;

}  // namespace sublet::base

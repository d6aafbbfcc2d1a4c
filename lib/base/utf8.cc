// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include <cstdint>
#include <cstring>

namespace sublet::base {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080u;

std::uint64_t load(const char* text) {
  std::uint64_t word;
  std::memcpy(&word, text, sizeof word);
  return word;
}

// The length of the ASCII prefix, give or take the last 31 bytes: a multiple of 32.
std::size_t ascii_blocks(const char* text, std::size_t size) {
  std::size_t at = 0;
  while (size - at >= 32) {
    const std::uint64_t all =
        load(text + at) | load(text + at + 8) | load(text + at + 16) | load(text + at + 24);
    if ((all & kHighBits) != 0) break;
    at += 32;
  }
  return at;
}

}  // namespace

bool is_ascii(std::string_view text) noexcept {
  std::size_t at = ascii_blocks(text.data(), text.size());
  if (text.size() - at >= 32) return false;
  for (; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) >= 0x80) return false;
  }
  return true;
}

std::size_t utf8_valid_prefix(std::string_view text) noexcept {
  const auto* begin = reinterpret_cast<const unsigned char*>(text.data());
  const auto* end = begin + text.size();
  const auto* at = begin;
  while (at != end) {
    if (*at < 0x80) {
      const std::size_t skipped =
          ascii_blocks(reinterpret_cast<const char*>(at), static_cast<std::size_t>(end - at));
      at += skipped;
      // Fewer than 32 ASCII bytes, then something else or the end.
      while (at != end && *at < 0x80) ++at;
      continue;
    }
    const std::size_t length = utf8_sequence_length(at, end);
    if (length == 0) break;
    at += length;
  }
  return static_cast<std::size_t>(at - begin);
}

std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept {
  if (text.size() <= max_bytes) return text;
  std::size_t size = max_bytes;
  // A character is at most four bytes, so at most three continuation bytes are stepped over.
  for (int steps = 0; steps < 3 && size > 0; ++steps) {
    if ((static_cast<unsigned char>(text[size]) & 0xC0) != 0x80) break;
    --size;
  }
  return text.substr(0, size);
}

}  // namespace sublet::base

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Which of 64 bytes need attention inside a JSON string: a quote, a backslash, a control character,
// or anything from 0x80 up. Bit i stands for text[i].
namespace sublet::base {

inline constexpr int kBlockBytes = 64;

// Eight bytes at a time in an ordinary register.
inline std::uint64_t special_bytes_portable(const unsigned char* text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101u;
  constexpr std::uint64_t kLow = 0x7F7F7F7F7F7F7F7Fu;
  // The high bit of each byte that is zero, and no other.
  const auto zero = [](std::uint64_t word) { return ~(((word & kLow) + kLow) | word | kLow); };
  std::uint64_t mask = 0;
  for (int i = 0; i < kBlockBytes / 8; ++i) {
    std::uint64_t word;
    std::memcpy(&word, text + 8 * i, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    const std::uint64_t special = (zero(word ^ (kOnes * '"')) | zero(word ^ (kOnes * '\\')) |
                                   zero(word & (kOnes * 0xE0)) | word) &
                                  ~kLow;
    // Gathers the eight high bits in the top byte.
    mask |= (((special >> 7) * 0x0102040810204080u) >> 56) << (8 * i);
  }
  return mask;
}

#if defined(__SSE2__)
inline std::uint64_t special_bytes(const unsigned char* text) {
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i space = _mm_set1_epi8(' ');
  const auto sixteen = [&](const unsigned char* at) -> std::uint64_t {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    // The comparison is signed, so it finds control characters and everything from 0x80 up.
    const __m128i special =
        _mm_or_si128(_mm_cmplt_epi8(block, space),
                     _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash)));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(special));
  };
  return sixteen(text) | (sixteen(text + 16) << 16) | (sixteen(text + 32) << 32) |
         (sixteen(text + 48) << 48);
}
#else
inline std::uint64_t special_bytes(const unsigned char* text) {
  return special_bytes_portable(text);
}
#endif

}  // namespace sublet::base

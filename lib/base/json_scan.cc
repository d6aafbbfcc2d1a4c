// SPDX-License-Identifier: Apache-2.0
#include "base/json_scan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/utf8.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sublet::base {
namespace {

using Byte = unsigned char;

// How many bytes from `at` on need no attention inside a string (they are ASCII, no control
// character, no quote, no backslash), looked up a block at a time; fewer than a block at the end.
#if defined(__SSE2__)
const Byte* skip_plain(const Byte* at, const Byte* end) {
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i space = _mm_set1_epi8(' ');
  while (end - at >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    // The comparison is signed, so it finds control characters and everything from 0x80 up.
    const __m128i special =
        _mm_or_si128(_mm_cmplt_epi8(block, space),
                     _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash)));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special));
    if (mask != 0) return at + std::countr_zero(mask);
    at += 16;
  }
  while (at != end && *at >= 0x20 && *at < 0x80 && *at != '"' && *at != '\\') ++at;
  return at;
}
#else
const Byte* skip_plain(const Byte* at, const Byte* end) {
  constexpr std::uint64_t kOnes = 0x0101010101010101u;
  constexpr std::uint64_t kHigh = 0x8080808080808080u;
  // High bit set in every byte that is zero; exact below and at the first one.
  const auto zero = [](std::uint64_t word) { return (word - kOnes) & ~word & kHigh; };
  while (end - at >= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    const std::uint64_t special = zero(word ^ (kOnes * '"')) | zero(word ^ (kOnes * '\\')) |
                                  ((word - kOnes * 0x20) & ~word & kHigh) | (word & kHigh);
    if (special != 0) break;
    at += 8;
  }
  while (at != end && *at >= 0x20 && *at < 0x80 && *at != '"' && *at != '\\') ++at;
  return at;
}
#endif

bool is_digit(Byte byte) { return static_cast<Byte>(byte - '0') < 10; }

bool is_hex(Byte byte) {
  return is_digit(byte) || static_cast<Byte>((byte | 0x20) - 'a') < 6;
}

// One pass over one text. Every method leaves `at_` on the first byte it did not accept.
class Scanner {
 public:
  Scanner(std::string_view text, std::uint32_t max_depth, std::uint64_t* outer)
      : begin_(reinterpret_cast<const Byte*>(text.data())),
        at_(begin_),
        end_(begin_ + text.size()),
        max_depth_(std::min(max_depth, kMaxJsonDepth)),
        outer_(outer) {}

  JsonScan run() {
    JsonScan result;
    if (!document()) {
      result.fault = fault_;
      result.offset = static_cast<std::size_t>(at_ - begin_);
    }
    result.ascii = ascii_;
    return result;
  }

 private:
  enum class Value { kFault, kComplete, kOpened };

  bool document() {
    skip_space();
    for (;;) {
      if (in_object_ && !key()) return false;
      const Value value = this->value();
      if (value == Value::kFault) return false;
      if (value == Value::kOpened) continue;
      // After a value: containers that end here, then a comma or the end of the text.
      for (;;) {
        skip_space();
        if (depth_ == 0) return at_ == end_;
        if (at_ == end_) return false;
        if (*at_ == ',') {
          ++at_;
          skip_space();
          break;
        }
        if (*at_ != (in_object_ ? '}' : ']')) return false;
        close();
      }
    }
  }

  bool key() {
    if (at_ == end_ || *at_ != '"' || !string()) return false;
    skip_space();
    if (at_ == end_ || *at_ != ':') return false;
    ++at_;
    skip_space();
    return true;
  }

  Value value() {
    if (at_ == end_) return Value::kFault;
    switch (*at_) {
      case '"':
        return complete(string());
      case '{':
        return open(true);
      case '[':
        return open(false);
      case 't':
        return complete(literal("true"));
      case 'f':
        return complete(literal("false"));
      case 'n':
        return complete(literal("null"));
      default:
        return complete(number());
    }
  }

  static Value complete(bool accepted) { return accepted ? Value::kComplete : Value::kFault; }

  Value open(bool object) {
    if (depth_ == max_depth_) {
      fault_ = JsonFault::kTooDeep;
      return Value::kFault;
    }
    const std::uint64_t bit = std::uint64_t{1} << (depth_ % 64);
    std::uint64_t& word = outer_[depth_ / 64];
    word = in_object_ ? word | bit : word & ~bit;
    ++depth_;
    in_object_ = object;
    ++at_;
    skip_space();
    if (at_ == end_ || *at_ != (object ? '}' : ']')) return Value::kOpened;
    close();
    return Value::kComplete;
  }

  void close() {
    ++at_;
    --depth_;
    in_object_ = ((outer_[depth_ / 64] >> (depth_ % 64)) & 1) != 0;
  }

  void skip_space() {
    while (at_ != end_ && *at_ <= ' ' &&
           (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) {
      ++at_;
    }
  }

  bool literal(std::string_view word) {
    for (const char expected : word) {
      if (at_ == end_ || *at_ != static_cast<Byte>(expected)) return false;
      ++at_;
    }
    return true;
  }

  bool digits() {
    if (at_ == end_ || !is_digit(*at_)) return false;
    do {
      ++at_;
    } while (at_ != end_ && is_digit(*at_));
    return true;
  }

  bool number() {
    if (*at_ == '-') ++at_;
    if (at_ != end_ && *at_ == '0') {
      ++at_;
    } else if (!digits()) {
      return false;
    }
    if (at_ != end_ && *at_ == '.') {
      ++at_;
      if (!digits()) return false;
    }
    if (at_ != end_ && (*at_ | 0x20) == 'e') {
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (!digits()) return false;
    }
    return true;
  }

  bool string() {
    ++at_;
    for (;;) {
      at_ = skip_plain(at_, end_);
      if (at_ == end_) return false;
      if (*at_ == '"') {
        ++at_;
        return true;
      }
      if (*at_ == '\\') {
        if (!escape()) return false;
      } else if (*at_ < 0x80 || !beyond_ascii()) {
        return false;
      }
    }
  }

  bool escape() {
    ++at_;
    if (at_ == end_) return false;
    if (*at_ != 'u') {
      if (*at_ == '\0' || std::strchr("\"\\/bfnrt", *at_) == nullptr) return false;
      ++at_;
      return true;
    }
    ++at_;
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_ == end_ || !is_hex(*at_)) return false;
    }
    return true;
  }

  // A run of characters of two bytes and more.
  bool beyond_ascii() {
    ascii_ = false;
    do {
      const std::size_t length = utf8_sequence_length(at_, end_);
      if (length == 0) {
        fault_ = JsonFault::kNotUtf8;
        return false;
      }
      at_ += length;
    } while (at_ != end_ && *at_ >= 0x80);
    return true;
  }

  const Byte* const begin_;
  const Byte* at_;
  const Byte* const end_;
  const std::uint32_t max_depth_;
  std::uint32_t depth_ = 0;
  bool in_object_ = false;
  bool ascii_ = true;
  JsonFault fault_ = JsonFault::kSyntax;
  // One bit for each open container: whether the one around it is an object.
  std::uint64_t* const outer_;
};

}  // namespace

JsonScan scan_json(std::string_view text, std::uint32_t max_depth) noexcept {
  // Read only below the depth reached, so nothing needs clearing.
  std::array<std::uint64_t, kMaxJsonDepth / 64> outer;
  return Scanner(text, max_depth, outer.data()).run();
}

}  // namespace sublet::base

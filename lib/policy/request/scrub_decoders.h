// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/base64.h"

// Undo encodings byte by byte, and remember for every byte that comes out where in the text it was.
// Each is one thread's; none owns anything.
namespace sublet::policy {

struct DecodedByte {
  unsigned char value = 0;
  std::uint64_t start = 0;  // in the text
  std::uint64_t end = 0;
};

enum class Escapes : std::uint8_t {
  kNone = 0,
  kPercent = 1,    // %2F
  kPlus = 2,       // "+" for a space
  kBackslash = 4,  // \n \/ \x2f \u002f \u{2f}, as JSON and JavaScript have them
  kEntity = 8,     // &amp; &#47; &#x2f;
  kForm = kPercent | kPlus,
  kAll = kPercent | kBackslash | kEntity,
};

constexpr Escapes operator|(Escapes a, Escapes b) noexcept {
  return static_cast<Escapes>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr Escapes operator&(Escapes a, Escapes b) noexcept {
  return static_cast<Escapes>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}
// The characters that such escapes begin with.
constexpr std::array<bool, 256> triggers_of(Escapes escapes) noexcept {
  std::array<bool, 256> out{};
  out['%'] = (escapes & Escapes::kPercent) != Escapes::kNone;
  out['+'] = (escapes & Escapes::kPlus) != Escapes::kNone;
  out['\\'] = (escapes & Escapes::kBackslash) != Escapes::kNone;
  out['&'] = (escapes & Escapes::kEntity) != Escapes::kNone;
  return out;
}

struct Escape {
  // What a text begins with: unfinished is what more text could make an escape of.
  enum class Kind : std::uint8_t { kNone, kUnfinished, kWhole };
  std::size_t length = 0;  // in the text
  std::size_t size = 0;    // of what it means
  std::array<char, 4> bytes{};
};
inline constexpr std::size_t kLongestEscape = 12;  // \ud83d\ude00
// Writes `out` where a whole one is there.
Escape::Kind read_escape(std::string_view text, Escapes escapes, Escape& out) noexcept;

// Appends what a whole text means, as an Unescaper has it. What may be the beginning of an escape
// at the text's end is left out; answers the length of the rest.
std::size_t unescape(std::string_view text, Escapes escapes, std::string& out);

// Takes escapes for what they mean; whatever is none comes out as it went in.
class Unescaper {
 public:
  explicit Unescaper(Escapes escapes) : escapes_(escapes), triggers_(triggers_of(escapes)) {}

  template <typename Sink>
  void push(const DecodedByte& byte, Sink sink) {
    if (count_ == 0 && !triggers_[byte.value]) return sink(byte);
    pending_[count_] = byte;
    text_[count_++] = static_cast<char>(byte.value);
    settle(sink, false);
  }

  // Nothing more comes.
  template <typename Sink>
  void finish(Sink sink) {
    settle(sink, true);
  }

  // As if nothing had come.
  void reset() { count_ = 0; }

  // Where what is not decided yet begins, or `none`.
  std::uint64_t begins(std::uint64_t none) const { return count_ == 0 ? none : pending_[0].start; }

 private:
  template <typename Sink>
  void settle(Sink& sink, bool last) {
    while (count_ > 0) {
      Escape escape;
      const Escape::Kind kind = read_escape({text_.data(), count_}, escapes_, escape);
      if (kind == Escape::Kind::kUnfinished && !last && count_ < kLongestEscape) return;
      std::size_t done = 1;
      if (kind == Escape::Kind::kWhole) {
        done = escape.length;
        const std::uint64_t start = pending_[0].start;
        const std::uint64_t end = pending_[done - 1].end;
        for (std::size_t i = 0; i < escape.size; ++i) {
          sink({static_cast<unsigned char>(escape.bytes[i]), start, end});
        }
      } else {
        sink(pending_[0]);
      }
      while (done < count_ && !triggers_[pending_[done].value]) sink(pending_[done++]);
      drop(done);
    }
  }

  void drop(std::size_t done) {
    for (std::size_t i = done; i < count_; ++i) {
      pending_[i - done] = pending_[i];
      text_[i - done] = text_[i];
    }
    count_ -= done;
  }

  Escapes escapes_;
  std::array<bool, 256> triggers_;
  std::array<DecodedByte, kLongestEscape> pending_{};
  std::array<char, kLongestEscape> text_{};
  std::size_t count_ = 0;
};

inline constexpr std::array<std::int8_t, 256> kHexDigits = [] {
  std::array<std::int8_t, 256> out{};
  out.fill(-1);
  for (unsigned i = 0; i < 10; ++i) out['0' + i] = static_cast<std::int8_t>(i);
  for (unsigned i = 10; i < 16; ++i) {
    out['a' - 10 + i] = out['A' - 10 + i] = static_cast<std::int8_t>(i);
  }
  return out;
}();
inline int hex_digit_of(unsigned char c) noexcept { return kHexDigits[c]; }

// Reads every run of hexadecimal digits from both of its alignments.
class HexDecoder {
 public:
  // `sink(alignment, byte)`, and `cut(alignment)` where a run ends.
  template <typename Sink, typename Cut>
  void push(const DecodedByte& byte, Sink sink, Cut cut) {
    const int digit = hex_digit_of(byte.value);
    if (digit < 0) {
      if (run_ > 0) {
        cut(0);
        cut(1);
      }
      run_ = 0;
      return;
    }
    if (run_ > 0) {
      sink(run_ % 2, {static_cast<unsigned char>(last_digit_ * 16 + digit), last_.start, byte.end});
    }
    last_digit_ = digit;
    last_ = byte;
    ++run_;
  }

  void reset() { run_ = 0; }

  std::uint64_t begins(std::uint64_t none) const { return run_ == 0 ? none : last_.start; }

 private:
  std::size_t run_ = 0;
  int last_digit_ = 0;
  DecodedByte last_;
};

// Reads every run of base64, in either alphabet, with or without padding and with line breaks in
// it, from all four of its alignments.
class Base64Decoder {
 public:
  template <typename Sink, typename Cut>
  void push(const DecodedByte& byte, Sink sink, Cut cut) {
    const int digit = digit_of(byte.value);
    if (digit < 0) {
      if (byte.value == '\r' || byte.value == '\n') return;
      return finish(sink, cut);
    }
    last_[run_ % 4] = byte;
    bits_ = (bits_ << 6) | static_cast<std::uint32_t>(digit);
    if (run_ >= 3) emit(run_ % 4, 3, bits_ & 0xFFFFFF, sink);
    ++run_;
  }

  // Ends the run: two digits more than whole groups are a byte, and three are two.
  template <typename Sink, typename Cut>
  void finish(Sink sink, Cut cut) {
    if (run_ == 0) return;
    for (std::size_t alignment = 0; alignment < 4; ++alignment) {
      const std::size_t rest = (run_ + 3 - alignment) % 4;
      if (rest >= 2 && run_ >= rest) {
        const std::uint32_t digits = bits_ & ((1u << (6 * rest)) - 1);
        emit(alignment, rest - 1, digits << (6 * (4 - rest)), sink);
      }
      cut(alignment);
    }
    run_ = 0;
  }

  void reset() { run_ = 0; }

  std::uint64_t begins(std::uint64_t none) const {
    if (run_ == 0) return none;
    return run_ < 3 ? last_[0].start : last_[(run_ - 3) % 4].start;
  }

 private:
  static int digit_of(unsigned char c) noexcept {
    if (c == '-') return 62;
    if (c == '_') return 63;
    return base::base64_digit(static_cast<char>(c));
  }

  // `count` bytes of a group, whose digits are the last ones that came: count + 1 of them.
  template <typename Sink>
  void emit(std::size_t alignment, std::size_t count, std::uint32_t group, Sink& sink) {
    // Where the group's first digit is; called before run_ counts the last digit of a whole group.
    const std::size_t first = count == 3 ? run_ - 3 : run_ - (count + 1);
    for (std::size_t i = 0; i < count; ++i) {
      const auto value = static_cast<unsigned char>(group >> (16 - 8 * i));
      sink(alignment, {value, last_[(first + i) % 4].start, last_[(first + i + 1) % 4].end});
    }
  }

  std::size_t run_ = 0;
  std::uint32_t bits_ = 0;
  std::array<DecodedByte, 4> last_{};
};

}  // namespace sublet::policy

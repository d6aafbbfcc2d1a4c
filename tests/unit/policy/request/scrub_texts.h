// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "policy/request/scrubber.h"
#include "scrub_encodings.h"

// Random texts that are hard to scrub, and two ways to scrub them.
namespace sublet::test {

// The same numbers everywhere, which the distributions of the standard library are not.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}

  // 0 to `sides` - 1.
  std::size_t roll(std::size_t sides) { return engine_() % sides; }
  template <typename List>
  const auto& any_of(const List& list) {
    return list[roll(list.size())];
  }

 private:
  std::mt19937 engine_;
};

inline std::string noise(Dice& dice) {
  static const std::vector<std::string> kPieces = {
      "%",     "%2",    "%25",    "%5C",    "%5c%5c", "\\",        "\\\\",      "\\u",
      "\\u00", "\\x",   "\\u{",   "\\u{5c", "&",      "&amp;",     "&amp;amp;", "&#",
      "&#x",   "&#92;", "&bsol;", "&per",   "+",      "\\ud83d",   "\\ude00",   "\\u005c",
      "}",     ";",     "\r\n",   "\n",     " ",      "\"",        "{\"a\": ",  "<b>",
      "41",    "0",     "YWJj",   "+/-_",   "=",      "\\u0025",   "\xC3\xA4",  "&lt;",
      "\\n",   "\\\"",  "deadBE", "zzzzzz", "a/b",    "%E2%82%AC", "u0061",     "[secret]"};
  std::string out;
  const std::string& piece = dice.any_of(kPieces);
  for (std::size_t times = dice.roll(8) == 0 ? 1 + dice.roll(40) : 1; times > 0; --times) {
    out += piece;
  }
  return out;
}

// What is sure to hold nothing, so that some of a text is skimmed.
inline std::string quiet(Dice& dice) {
  static const std::vector<std::string> kKinds = {
      "abcdefgh ijklm. ", "%20a%2Fb=",        "\\\"name\\\": ", "&lt;p&gt;", "QUJDREVG",
      "0123456789",       "\\u00e9\\u00e8, ", "%41%42%43",      "\r\n\r\n"};
  std::string out;
  const std::string& kind = dice.any_of(kKinds);
  const std::size_t size = dice.roll(900);
  while (out.size() < size) out += kind;
  return out;
}

// One of the ways to write a secret, after another perhaps, and perhaps a part of it only.
inline std::string encoded(Dice& dice, const std::string& secret) {
  std::string text = dice.any_of(encodings_of(secret)).text;
  if (dice.roll(4) == 0)
    text = dice.any_of(std::vector{base64, base64_url, hex_upper})(
        std::string(dice.roll(4), 'u') + secret + std::string(dice.roll(4), '1'));
  if (dice.roll(6) == 0) text = percent(text, "%%%02x", "");
  if (dice.roll(6) == 0) text = html(text);
  if (dice.roll(6) == 0) text.insert(dice.roll(text.size() + 1), dice.roll(2) == 0 ? "\n" : "\r\n");
  if (dice.roll(6) == 0) text.insert(dice.roll(text.size() + 1), noise(dice));
  if (dice.roll(5) == 0) text = text.substr(dice.roll(text.size()));
  if (dice.roll(5) == 0) text.resize(dice.roll(text.size() + 1));
  return text;
}

// Every byte in a way of its own.
inline std::string mixed(Dice& dice, const std::string& secret) {
  static const std::vector<const char*> kFormats = {"%%%02X",    "%%%02x",    "\\u%04x",  "\\x%02x",
                                                    "&#x%x;",    "&#%u;",     "%%25%02x", "\\u{%x}",
                                                    "\\\\u%04X", "%%5Cu%04x", "%c",       "%c"};
  std::string out;
  for (const char c : secret) out += formatted(dice.any_of(kFormats), {&c, 1});
  return out;
}

inline std::string hard_text(Dice& dice, const std::vector<std::string>& secrets) {
  std::string out;
  for (std::size_t parts = 1 + dice.roll(12); parts > 0; --parts) {
    switch (dice.roll(6)) {
      case 0:
        out += encoded(dice, dice.any_of(secrets));
        break;
      case 1:
        out += mixed(dice, dice.any_of(secrets));
        break;
      case 2:
        out += quiet(dice);
        break;
      default:
        for (std::size_t times = dice.roll(12); times > 0; --times) out += noise(dice);
    }
  }
  return out;
}

// What a header, a URL or a small body may be, with its end in the midst of anything.
inline std::string short_text(Dice& dice, const std::vector<std::string>& secrets) {
  std::string out = dice.roll(2) == 0 ? "text " : "";
  for (std::size_t parts = 1 + dice.roll(3); parts > 0; --parts) {
    switch (dice.roll(4)) {
      case 0:
        out += encoded(dice, dice.any_of(secrets));
        break;
      case 1:
        out += mixed(dice, dice.any_of(secrets));
        break;
      default:
        out += noise(dice);
    }
  }
  return out;
}

// Pieces of `least` to `most` bytes.
inline std::string in_random_pieces(Dice& dice, const policy::Scrubber& scrubber,
                                    std::string_view text, std::size_t least, std::size_t most) {
  policy::ScrubStream stream(scrubber);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = least + dice.roll(most - least + 1);
    out += stream.push(text.substr(at, size));
    at += size;
  }
  return out + stream.finish();
}

}  // namespace sublet::test

// SPDX-License-Identifier: Apache-2.0
#include "policy/request/scrub_decoders.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/json_cursor.h"

namespace sublet::policy {
namespace {

constexpr Escape kNone{};
constexpr Escape kUnfinished{Escape::Kind::kUnfinished, 0, {}};

bool has(Escapes all, Escapes one) {
  return (static_cast<unsigned>(all) & static_cast<unsigned>(one)) != 0;
}

Escape one_byte(unsigned value) { return {Escape::Kind::kWhole, 1, {static_cast<char>(value)}}; }

Escape code_point(std::uint32_t value) {
  if (value > 0x10FFFF) return kNone;
  std::string text;
  base::append_utf8(text, value);
  Escape made{Escape::Kind::kWhole, static_cast<std::uint8_t>(text.size()), {}};
  std::copy(text.begin(), text.end(), made.bytes.begin());
  return made;
}

// Digits of one base; false where something else stands among them.
bool number(std::string_view text, unsigned base, std::uint32_t& out) {
  out = 0;
  for (const char c : text) {
    const int digit = hex_digit_of(static_cast<unsigned char>(c));
    if (digit < 0 || digit >= static_cast<int>(base)) return false;
    out = out * base + static_cast<std::uint32_t>(digit);
  }
  return true;
}

// So many hexadecimal digits, no more and no less.
Escape fixed_hex(std::string_view text, std::size_t digits, bool is_code_point) {
  std::uint32_t value = 0;
  if (!number(text.substr(0, digits), 16, value)) return kNone;
  if (text.size() < digits) return kUnfinished;
  return is_code_point ? code_point(value) : one_byte(value);
}

// What follows "\u".
Escape unicode(std::string_view text) {
  std::uint32_t value = 0;
  if (text.starts_with('{')) {
    const bool closed = text.ends_with('}') && text.size() > 2;
    const std::string_view digits = text.substr(1, text.size() - (closed ? 2 : 1));
    if (digits.size() > 6 || !number(digits, 16, value)) return kNone;
    return closed ? code_point(value) : kUnfinished;
  }
  const bool read = number(text.substr(0, 4), 16, value);
  const bool high = text.size() >= 4 && value >= 0xD800 && value < 0xDC00;
  if (!read || !high) return fixed_hex(text, 4, true);
  constexpr std::string_view kNext = "\\u";
  const std::string_view rest = text.substr(4);
  if (rest.substr(0, 2) != kNext.substr(0, rest.size())) return kNone;
  if (rest.size() < 6) return kUnfinished;
  std::uint32_t low = 0;
  if (!number(rest.substr(2), 16, low) || low < 0xDC00 || low > 0xDFFF) return kNone;
  return code_point(0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00));
}

Escape backslash(std::string_view text) {
  constexpr std::string_view kLetters = "bfnrtv0";
  constexpr std::string_view kMeanings{"\b\f\n\r\t\v\0", 7};
  if (text.empty()) return kUnfinished;
  const char c = text.front();
  if (c == 'u') return unicode(text.substr(1));
  if (c == 'x') return fixed_hex(text.substr(1), 2, false);
  const std::size_t letter = kLetters.find(c);
  if (letter != std::string_view::npos) {
    return one_byte(static_cast<unsigned char>(kMeanings[letter]));
  }
  return one_byte(static_cast<unsigned char>(c));
}

// The names of HTML for characters that occur in secrets.
constexpr std::array<std::pair<std::string_view, char>, 40> kEntities = {{
    {"amp", '&'},    {"AMP", '&'},    {"lt", '<'},     {"LT", '<'},    {"gt", '>'},
    {"GT", '>'},     {"quot", '"'},   {"QUOT", '"'},   {"apos", '\''}, {"sol", '/'},
    {"bsol", '\\'},  {"plus", '+'},   {"equals", '='}, {"num", '#'},   {"percnt", '%'},
    {"colon", ':'},  {"semi", ';'},   {"commat", '@'}, {"excl", '!'},  {"quest", '?'},
    {"period", '.'}, {"comma", ','},  {"lpar", '('},   {"rpar", ')'},  {"lsqb", '['},
    {"lbrack", '['}, {"rsqb", ']'},   {"rbrack", ']'}, {"lcub", '{'},  {"lbrace", '{'},
    {"rcub", '}'},   {"rbrace", '}'}, {"lowbar", '_'}, {"ast", '*'},   {"midast", '*'},
    {"dollar", '$'}, {"verbar", '|'}, {"vert", '|'},   {"grave", '`'}, {"Hat", '^'},
}};

Escape numeric_entity(std::string_view text, bool closed) {
  const bool hex = !text.empty() && (text.front() | 0x20) == 'x';
  const std::string_view digits = text.substr(hex ? 1 : 0);
  std::uint32_t value = 0;
  if (digits.size() > 7 || !number(digits, hex ? 16 : 10, value)) return kNone;
  if (!closed) return kUnfinished;
  return digits.empty() ? kNone : code_point(value);
}

Escape entity(std::string_view text) {
  const bool closed = text.ends_with(';');
  const std::string_view name = text.substr(0, text.size() - (closed ? 1 : 0));
  if (name.starts_with('#')) return numeric_entity(name.substr(1), closed);
  if (!closed) {
    for (const auto& [known, meaning] : kEntities) {
      if (known.starts_with(name)) return kUnfinished;
    }
    return kNone;
  }
  for (const auto& [known, meaning] : kEntities) {
    if (known == name) return one_byte(static_cast<unsigned char>(meaning));
  }
  return kNone;
}

}  // namespace

Escape read_escape(std::string_view text, Escapes escapes) noexcept {
  if (text.empty()) return kNone;
  const std::string_view rest = text.substr(1);
  switch (text.front()) {
    case '%':
      return has(escapes, Escapes::kPercent) ? fixed_hex(rest, 2, false) : kNone;
    case '+':
      return has(escapes, Escapes::kPlus) ? one_byte(' ') : kNone;
    case '\\':
      return has(escapes, Escapes::kBackslash) ? backslash(rest) : kNone;
    case '&':
      return has(escapes, Escapes::kEntity) ? entity(rest) : kNone;
    default:
      return kNone;
  }
}

}  // namespace sublet::policy

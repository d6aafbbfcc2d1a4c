// SPDX-License-Identifier: Apache-2.0
#include "policy/request/scrub_decoders.h"

#include <algorithm>
#include <string>

#include "base/json_cursor.h"

namespace sublet::policy {
namespace {

constexpr Escape kNone{};
constexpr Escape kUnfinished{Escape::Kind::kUnfinished, 0, 0, {}};

Escape one_byte(std::size_t length, unsigned value) {
  return {Escape::Kind::kWhole, static_cast<std::uint8_t>(length), 1, {static_cast<char>(value)}};
}

Escape code_point(std::size_t length, std::uint32_t value) {
  if (value > 0x10FFFF) return kNone;
  if (value < 0x80) return one_byte(length, value);
  std::string text;
  base::append_utf8(text, value);
  Escape made{Escape::Kind::kWhole,
              static_cast<std::uint8_t>(length),
              static_cast<std::uint8_t>(text.size()),
              {}};
  std::copy(text.begin(), text.end(), made.bytes.begin());
  return made;
}

// The digits of one base that stand from `at` on, `most` at most.
struct Number {
  std::uint32_t value = 0;
  std::size_t digits = 0;
};

Number number(std::string_view text, std::size_t at, std::size_t most, int base) {
  Number read;
  while (read.digits < most && at + read.digits < text.size()) {
    const int digit = hex_digit_of(static_cast<unsigned char>(text[at + read.digits]));
    if (digit < 0 || digit >= base) break;
    read.value = read.value * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit);
    ++read.digits;
  }
  return read;
}

// Two hexadecimal digits from `at` on.
Escape hex_byte(std::string_view text, std::size_t at) {
  const Number read = number(text, at, 2, 16);
  if (read.digits == 2) return one_byte(at + 2, read.value);
  return at + read.digits == text.size() ? kUnfinished : kNone;
}

// "\u{", digits, "}".
Escape braced(std::string_view text) {
  const Number read = number(text, 3, 6, 16);
  const std::size_t end = 3 + read.digits;
  if (end == text.size()) return kUnfinished;
  return read.digits > 0 && text[end] == '}' ? code_point(end + 1, read.value) : kNone;
}

// What begins with the first half of a surrogate pair.
Escape surrogates(std::string_view text, std::uint32_t high) {
  constexpr std::string_view kNext = "\\u";
  const std::string_view next = text.substr(6, 2);
  if (next != kNext.substr(0, next.size())) return kNone;
  const Number low = number(text, 8, 4, 16);
  if (low.digits < 4) return 8 + low.digits >= text.size() ? kUnfinished : kNone;
  if (low.value < 0xDC00 || low.value > 0xDFFF) return kNone;
  return code_point(12, 0x10000 + ((high - 0xD800) << 10) + (low.value - 0xDC00));
}

// What begins with "\u".
Escape unicode(std::string_view text) {
  if (text.size() > 2 && text[2] == '{') return braced(text);
  const Number read = number(text, 2, 4, 16);
  if (read.digits < 4) return 2 + read.digits == text.size() ? kUnfinished : kNone;
  const bool is_high = read.value >= 0xD800 && read.value < 0xDC00;
  return is_high ? surrogates(text, read.value) : code_point(6, read.value);
}

Escape backslash(std::string_view text) {
  constexpr std::string_view kLetters = "bfnrtv0";
  constexpr std::string_view kMeanings{"\b\f\n\r\t\v\0", 7};
  if (text.size() < 2) return kUnfinished;
  const char c = text[1];
  if (c == 'u') return unicode(text);
  if (c == 'x') return hex_byte(text, 2);
  const std::size_t letter = kLetters.find(c);
  const char meaning = letter == std::string_view::npos ? c : kMeanings[letter];
  return one_byte(2, static_cast<unsigned char>(meaning));
}

// A name of up to eight letters as one number, which is quick to compare.
constexpr std::uint64_t packed(std::string_view name) {
  std::uint64_t out = 0;
  for (const char c : name) out = (out << 8) | static_cast<unsigned char>(c);
  return out;
}

struct NamedEntity {
  constexpr NamedEntity(std::string_view the_name, char the_meaning)
      : key(packed(the_name)), name(the_name), meaning(the_meaning) {}
  std::uint64_t key;
  std::string_view name;
  char meaning;
};

// The names of HTML for characters that occur in secrets.
constexpr std::array<NamedEntity, 40> kEntities = {{
    {"amp", '&'},    {"AMP", '&'},    {"lt", '<'},     {"LT", '<'},    {"gt", '>'},
    {"GT", '>'},     {"quot", '"'},   {"QUOT", '"'},   {"apos", '\''}, {"sol", '/'},
    {"bsol", '\\'},  {"plus", '+'},   {"equals", '='}, {"num", '#'},   {"percnt", '%'},
    {"colon", ':'},  {"semi", ';'},   {"commat", '@'}, {"excl", '!'},  {"quest", '?'},
    {"period", '.'}, {"comma", ','},  {"lpar", '('},   {"rpar", ')'},  {"lsqb", '['},
    {"lbrack", '['}, {"rsqb", ']'},   {"rbrack", ']'}, {"lcub", '{'},  {"lbrace", '{'},
    {"rcub", '}'},   {"rbrace", '}'}, {"lowbar", '_'}, {"ast", '*'},   {"midast", '*'},
    {"dollar", '$'}, {"verbar", '|'}, {"vert", '|'},   {"grave", '`'}, {"Hat", '^'},
}};

constexpr std::size_t kLongestName = 6;

// "&#", perhaps "x", digits, ";".
Escape numeric_entity(std::string_view text) {
  const bool hex = text.size() > 2 && (text[2] | 0x20) == 'x';
  const std::size_t at = hex ? 3 : 2;
  const Number read = number(text, at, 7, hex ? 16 : 10);
  const std::size_t end = at + read.digits;
  if (end == text.size()) return kUnfinished;
  return read.digits > 0 && text[end] == ';' ? code_point(end + 1, read.value) : kNone;
}

bool begins_a_name(std::string_view text) {
  return std::any_of(kEntities.begin(), kEntities.end(),
                     [&](const NamedEntity& one) { return one.name.starts_with(text); });
}

Escape entity(std::string_view text) {
  if (text.size() > 1 && text[1] == '#') return numeric_entity(text);
  std::size_t end = 1;
  const auto is_letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
  while (end < text.size() && end <= kLongestName && is_letter(text[end])) ++end;
  const std::string_view name = text.substr(1, end - 1);
  if (end == text.size()) return begins_a_name(name) ? kUnfinished : kNone;
  if (text[end] != ';') return kNone;
  const std::uint64_t key = packed(name);
  for (const NamedEntity& one : kEntities) {
    if (one.key == key) return one_byte(end + 1, static_cast<unsigned char>(one.meaning));
  }
  return kNone;
}

}  // namespace

Escape read_escape(std::string_view text, Escapes escapes) noexcept {
  const auto has = [&](Escapes one) { return (escapes & one) != Escapes::kNone; };
  if (text.empty()) return kNone;
  switch (text.front()) {
    case '%':
      return has(Escapes::kPercent) ? hex_byte(text, 1) : kNone;
    case '+':
      return has(Escapes::kPlus) ? one_byte(1, ' ') : kNone;
    case '\\':
      return has(Escapes::kBackslash) ? backslash(text) : kNone;
    case '&':
      return has(Escapes::kEntity) ? entity(text) : kNone;
    default:
      return kNone;
  }
}

std::size_t unescape(std::string_view text, Escapes escapes, std::string& out) {
  const std::array<bool, 256> triggers = triggers_of(escapes);
  // No escape is shorter than what it means.
  std::size_t to = out.size();
  out.resize(to + text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (!triggers[static_cast<unsigned char>(c)]) {
      out[to++] = c;
      ++at;
      continue;
    }
    const std::string_view rest = text.substr(at, kLongestEscape);
    const Escape escape = read_escape(rest, escapes);
    if (escape.kind == Escape::Kind::kUnfinished && rest.size() < kLongestEscape) break;
    if (escape.kind == Escape::Kind::kWhole) {
      std::copy_n(escape.bytes.begin(), escape.size, out.begin() + static_cast<std::ptrdiff_t>(to));
      to += escape.size;
      at += escape.length;
    } else {
      out[to++] = c;
      ++at;
    }
  }
  out.resize(to);
  return text.size() - at;
}

}  // namespace sublet::policy

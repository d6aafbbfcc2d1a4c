// SPDX-License-Identifier: Apache-2.0
#include "policy/request/scrub_decoders.h"

#include <algorithm>
#include <string>

#include "base/json_cursor.h"

namespace sublet::policy {
namespace {

using Kind = Escape::Kind;

Kind one_byte(std::size_t length, unsigned value, Escape& out) {
  out.length = length;
  out.size = 1;
  out.bytes[0] = static_cast<char>(value);
  return Kind::kWhole;
}

Kind code_point(std::size_t length, std::uint32_t value, Escape& out) {
  if (value > 0x10FFFF) return Kind::kNone;
  if (value < 0x80) return one_byte(length, value, out);
  std::string text;
  base::append_utf8(text, value);
  out.length = length;
  out.size = text.size();
  std::copy(text.begin(), text.end(), out.bytes.begin());
  return Kind::kWhole;
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
Kind hex_byte(std::string_view text, std::size_t at, Escape& out) {
  const int high = at < text.size() ? hex_digit_of(static_cast<unsigned char>(text[at])) : 0;
  if (high < 0) return Kind::kNone;
  if (at + 1 >= text.size()) return Kind::kUnfinished;
  const int low = hex_digit_of(static_cast<unsigned char>(text[at + 1]));
  return low < 0 ? Kind::kNone : one_byte(at + 2, static_cast<unsigned>(high * 16 + low), out);
}

// "\u{", digits, "}".
Kind braced(std::string_view text, Escape& out) {
  const Number read = number(text, 3, 6, 16);
  const std::size_t end = 3 + read.digits;
  if (end == text.size()) return Kind::kUnfinished;
  return read.digits > 0 && text[end] == '}' ? code_point(end + 1, read.value, out) : Kind::kNone;
}

// What begins with the first half of a surrogate pair.
Kind surrogates(std::string_view text, std::uint32_t high, Escape& out) {
  constexpr std::string_view kNext = "\\u";
  const std::string_view next = text.substr(6, 2);
  if (next != kNext.substr(0, next.size())) return Kind::kNone;
  const Number low = number(text, 8, 4, 16);
  if (low.digits < 4) return 8 + low.digits >= text.size() ? Kind::kUnfinished : Kind::kNone;
  if (low.value < 0xDC00 || low.value > 0xDFFF) return Kind::kNone;
  return code_point(12, 0x10000 + ((high - 0xD800) << 10) + (low.value - 0xDC00), out);
}

// What begins with "\u".
Kind unicode(std::string_view text, Escape& out) {
  if (text.size() > 2 && text[2] == '{') return braced(text, out);
  const Number read = number(text, 2, 4, 16);
  if (read.digits < 4) return 2 + read.digits == text.size() ? Kind::kUnfinished : Kind::kNone;
  const bool is_high = read.value >= 0xD800 && read.value < 0xDC00;
  return is_high ? surrogates(text, read.value, out) : code_point(6, read.value, out);
}

char meaning_of(char letter) {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case '0':
      return '\0';
    default:
      return letter;
  }
}

Kind backslash(std::string_view text, Escape& out) {
  if (text.size() < 2) return Kind::kUnfinished;
  if (text[1] == 'u') return unicode(text, out);
  if (text[1] == 'x') return hex_byte(text, 2, out);
  return one_byte(2, static_cast<unsigned char>(meaning_of(text[1])), out);
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
Kind numeric_entity(std::string_view text, Escape& out) {
  const bool hex = text.size() > 2 && (text[2] | 0x20) == 'x';
  const std::size_t at = hex ? 3 : 2;
  const Number read = number(text, at, 7, hex ? 16 : 10);
  const std::size_t end = at + read.digits;
  if (end == text.size()) return Kind::kUnfinished;
  return read.digits > 0 && text[end] == ';' ? code_point(end + 1, read.value, out) : Kind::kNone;
}

bool begins_a_name(std::string_view text) {
  return std::any_of(kEntities.begin(), kEntities.end(),
                     [&](const NamedEntity& one) { return one.name.starts_with(text); });
}

Kind entity(std::string_view text, Escape& out) {
  if (text.size() > 1 && text[1] == '#') return numeric_entity(text, out);
  std::size_t end = 1;
  const auto is_letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
  while (end < text.size() && end <= kLongestName && is_letter(text[end])) ++end;
  const std::string_view name = text.substr(1, end - 1);
  if (end == text.size()) return begins_a_name(name) ? Kind::kUnfinished : Kind::kNone;
  if (text[end] != ';') return Kind::kNone;
  const std::uint64_t key = packed(name);
  for (const NamedEntity& one : kEntities) {
    if (one.key == key) return one_byte(end + 1, static_cast<unsigned char>(one.meaning), out);
  }
  return Kind::kNone;
}

}  // namespace

Kind read_escape(std::string_view text, Escapes escapes, Escape& out) noexcept {
  const auto has = [&](Escapes one) { return (escapes & one) != Escapes::kNone; };
  if (text.empty()) return Kind::kNone;
  switch (text.front()) {
    case '%':
      return has(Escapes::kPercent) ? hex_byte(text, 1, out) : Kind::kNone;
    case '+':
      return has(Escapes::kPlus) ? one_byte(1, ' ', out) : Kind::kNone;
    case '\\':
      return has(Escapes::kBackslash) ? backslash(text, out) : Kind::kNone;
    case '&':
      return has(Escapes::kEntity) ? entity(text, out) : Kind::kNone;
    default:
      return Kind::kNone;
  }
}

std::size_t unescape(std::string_view text, Escapes escapes, std::string& out) {
  const std::array<bool, 256> triggers = triggers_of(escapes);
  Escape escape;
  // No escape is shorter than what it means; and one is copied with whatever is in the rest of it.
  const std::size_t before = out.size();
  out.resize(before + text.size() + escape.bytes.size());
  char* to = out.data() + before;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    if (!triggers[static_cast<unsigned char>(*at)]) {
      *to++ = *at++;
      continue;
    }
    const auto rest = std::min(static_cast<std::size_t>(end - at), kLongestEscape);
    const Kind kind = read_escape({at, rest}, escapes, escape);
    if (kind == Kind::kUnfinished && rest < kLongestEscape) break;
    if (kind == Kind::kWhole) {
      std::copy(escape.bytes.begin(), escape.bytes.end(), to);
      to += escape.size;
      at += escape.length;
    } else {
      *to++ = *at++;
    }
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
  return static_cast<std::size_t>(end - at);
}

}  // namespace sublet::policy

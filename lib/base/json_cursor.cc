// SPDX-License-Identifier: Apache-2.0
#include "base/json_cursor.h"

#include <algorithm>
#include <charconv>

namespace sublet::base {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool ends_scalar(char c) { return c == ',' || c == ']' || c == '}' || is_space(c); }

std::uint32_t hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0');
  return static_cast<std::uint32_t>((c | 0x20) - 'a' + 10) & 15;
}

}  // namespace

JsonCursor::JsonCursor(std::string_view text) : text_(text) { skip_space(); }

JsonKind JsonCursor::kind() const {
  switch (peek()) {
    case '{':
      return JsonKind::kObject;
    case '[':
      return JsonKind::kArray;
    case '"':
      return JsonKind::kString;
    case 't':
    case 'f':
      return JsonKind::kBoolean;
    case 'n':
      return JsonKind::kNull;
    default:
      return JsonKind::kNumber;
  }
}

bool JsonCursor::next() {
  skip_space();
  if (peek() == ',') {
    ++at_;
    skip_space();
  }
  if (at_ >= text_.size()) return false;
  if (peek() != ']' && peek() != '}') return true;
  ++at_;
  return false;
}

bool JsonCursor::next_element() { return next(); }

bool JsonCursor::next_member(Member& member) {
  if (!next()) return false;
  member.offset = at_;
  member.key = string();
  skip_space();
  if (peek() == ':') ++at_;
  skip_space();
  return true;
}

std::string JsonCursor::string() {
  std::string out;
  ++at_;
  while (at_ < text_.size() && text_[at_] != '"') {
    const std::size_t plain = std::min(text_.find_first_of("\"\\", at_), text_.size());
    out.append(text_.substr(at_, plain - at_));
    at_ = plain;
    if (peek() == '\\') decode_escape(out);
  }
  if (at_ < text_.size()) ++at_;
  return out;
}

void JsonCursor::decode_escape(std::string& out) {
  ++at_;
  const char c = peek();
  if (at_ < text_.size()) ++at_;
  switch (c) {
    case 'b':
      out += '\b';
      return;
    case 'f':
      out += '\f';
      return;
    case 'n':
      out += '\n';
      return;
    case 'r':
      out += '\r';
      return;
    case 't':
      out += '\t';
      return;
    case 'u':
      break;
    default:
      out += c;
      return;
  }
  std::uint32_t code = hex4();
  if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
    const std::size_t before = at_;
    at_ += 2;
    const std::uint32_t low = hex4();
    if (low >= 0xDC00 && low < 0xE000) {
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else {
      at_ = before;  // its own character, not the second half of this one
    }
  }
  append_utf8(out, code);
}

std::uint32_t JsonCursor::hex4() {
  std::uint32_t code = 0;
  for (int i = 0; i < 4 && at_ < text_.size(); ++i) code = code * 16 + hex_digit(text_[at_++]);
  return code;
}

void JsonCursor::skip_space() {
  while (at_ < text_.size() && is_space(text_[at_])) ++at_;
}

void JsonCursor::skip_string() {
  ++at_;
  while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
  at_ = std::min(at_ + 1, text_.size());
}

std::string_view JsonCursor::raw() {
  const std::size_t start = at_;
  std::size_t depth = 0;
  do {
    const char c = peek();
    if (c == '"') {
      skip_string();
    } else if (c == '{' || c == '[') {
      ++depth;
      ++at_;
    } else if (c == '}' || c == ']') {
      if (depth == 0) break;
      --depth;
      ++at_;
    } else if (c == ',' || c == ':' || is_space(c)) {
      ++at_;
    } else {
      while (at_ < text_.size() && !ends_scalar(text_[at_])) ++at_;
    }
  } while (depth > 0 && at_ < text_.size());
  return text_.substr(start, at_ - start);
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  constexpr double kLimit = 9007199254740992.0;  // 2^53
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(value >= 0 && value < kLimit)) return std::nullopt;
  const auto whole = static_cast<std::uint64_t>(value);
  if (static_cast<double>(whole) != value) return std::nullopt;
  return whole;
}

TextPosition text_position(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto newlines = std::count(before.begin(), before.end(), '\n');
  const std::size_t last = before.rfind('\n');
  const std::size_t line_start = last == std::string_view::npos ? 0 : last + 1;
  return {static_cast<std::uint32_t>(newlines + 1),
          static_cast<std::uint32_t>(before.size() - line_start + 1)};
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  const auto add = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code_point >= 0xD800 && code_point < 0xE000) code_point = 0xFFFD;
  if (code_point < 0x80) {
    add(code_point);
  } else if (code_point < 0x800) {
    add(0xC0 | (code_point >> 6));
    add(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    add(0xE0 | (code_point >> 12));
    add(0x80 | ((code_point >> 6) & 0x3F));
    add(0x80 | (code_point & 0x3F));
  } else {
    add(0xF0 | (code_point >> 18));
    add(0x80 | ((code_point >> 12) & 0x3F));
    add(0x80 | ((code_point >> 6) & 0x3F));
    add(0x80 | (code_point & 0x3F));
  }
}

}  // namespace sublet::base

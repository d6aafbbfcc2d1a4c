// SPDX-License-Identifier: Apache-2.0
#include "leak_search.h"

#include <string.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <functional>
#include <set>

namespace sublet::scenario {
namespace {

constexpr char kLower[] = "0123456789abcdef";
constexpr char kUpper[] = "0123456789ABCDEF";

// Each byte as: before, two digits, after.
std::string each_byte(const std::string& text, const char* before, const char* digits,
                      const char* after = "") {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out.append(before).append({digits[byte >> 4], digits[byte & 15]}).append(after);
  }
  return out;
}

std::string decimal_entities(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += "&#" + std::to_string(static_cast<unsigned char>(c)) + ";";
  }
  return out;
}

std::string with(const std::string& text, const std::map<char, std::string>& replaced) {
  std::string out;
  for (const char c : text) {
    const auto found = replaced.find(c);
    out += found == replaced.end() ? std::string(1, c) : found->second;
  }
  return out;
}

std::string json(const std::string& text) {
  return with(text, {{'"', "\\\""}, {'\\', "\\\\"}, {'/', "\\/"}, {'\r', "\\r"}, {'\n', "\\n"}});
}
std::string entities(const std::string& text) {
  return with(text, {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}});
}
std::string percent(const std::string& text) { return each_byte(text, "%", kUpper); }

std::string base64(const std::string& text, const std::string& last_two = "+/") {
  const std::string digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last_two;
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    std::array<unsigned, 3> bytes{};
    const std::size_t count = std::min<std::size_t>(3, text.size() - at);
    for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<unsigned char>(text[at + i]);
    const unsigned group = bytes[0] << 16 | bytes[1] << 8 | bytes[2];
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= count ? digits[group >> (18 - 6 * i) & 63] : '=';
    }
  }
  return out;
}
std::string base64url(const std::string& text) { return base64(text, "-_"); }

std::string lines(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 76) out += text.substr(at, 76) + "\r\n";
  return out;
}

// A plain character and an escape of each kind, in turn; never plain what begins an escape.
std::string mixed(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string one(1, text[i]);
    const bool plain = one.find_first_of("%\\&") == std::string::npos;
    out += i % 4 == 0   ? plain ? one : percent(one)
             : i % 4 == 1 ? percent(one)
           : i % 4 == 2 ? each_byte(one, "\\u00", kLower)
                        : each_byte(one, "&#x", kUpper, ";");
  }
  return out;
}

int digit_of(char c) {
  const auto* found = ::strchr(kLower, std::tolower(static_cast<unsigned char>(c)));
  return found == nullptr || c == '\0' ? -1 : static_cast<int>(found - kLower);
}

// The number that begins at `at` in hexadecimal or decimal, and where it ends; at least one digit.
bool number(std::string_view text, std::size_t& at, int base, std::size_t most, unsigned& out) {
  std::size_t count = 0;
  out = 0;
  for (; count < most && at < text.size(); ++at, ++count) {
    const int digit = digit_of(text[at]);
    if (digit < 0 || digit >= base) break;
    out = out * static_cast<unsigned>(base) + static_cast<unsigned>(digit);
  }
  return count > 0 && out < 256;
}

// Each undoes what stands at `at`, or answers false.
bool undo_percent(std::string_view text, std::size_t& at, std::string& out) {
  unsigned value = 0;
  std::size_t next = at + 1;
  if (text[at] != '%' || !number(text, next, 16, 2, value)) return false;
  at = next;
  out += static_cast<char>(value);
  return true;
}
bool undo_backslash(std::string_view text, std::size_t& at, std::string& out) {
  if (text[at] != '\\' || at + 1 >= text.size()) return false;
  const char kind = text[at + 1];
  unsigned value = 0;
  std::size_t next = at + 2;
  if ((kind == 'u' && number(text, next, 16, 4, value)) ||
      (kind == 'x' && number(text, next, 16, 2, value))) {
    out += static_cast<char>(value);
    at = next;
    return true;
  }
  out += kind == 'n' ? '\n' : kind == 'r' ? '\r' : kind;
  at += 2;
  return true;
}
bool undo_entity(std::string_view text, std::size_t& at, std::string& out) {
  static const std::map<std::string_view, char> kNamed = {
      {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}};
  for (const auto& [name, character] : kNamed) {
    if (!text.substr(at).starts_with(name)) continue;
    out += character;
    at += name.size();
    return true;
  }
  if (!text.substr(at).starts_with("&#")) return false;
  std::size_t next = at + 2;
  const bool hexadecimal = next < text.size() && (text[next] | 0x20) == 'x';
  if (hexadecimal) ++next;
  unsigned value = 0;
  if (!number(text, next, hexadecimal ? 16 : 10, 8, value)) return false;
  if (next < text.size() && text[next] == ';') ++next;
  out += static_cast<char>(value);
  at = next;
  return true;
}

template <typename... Undo>
std::string undone(std::string_view text, Undo... undo) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t next = std::min(text.find_first_of("%\\&", at), text.size());
    out += text.substr(at, next - at);
    at = next;
    if (at < text.size() && !(undo(text, at, out) || ...)) out += text[at++];
  }
  return out;
}

std::string all_undone(std::string_view text) {
  return undone(text, undo_percent, undo_backslash, undo_entity);
}

// The ways to read a text: as JSON in JSON in JSON, and what is in there as each encoding of an
// encoding. A secret may have in it what looks like an escape, so that one too many loses it.
std::set<std::string> readings_of(std::string_view text) {
  std::set<std::string> readings;
  std::string outer(text);
  for (int depth = 0; depth < 4; ++depth) {
    if (!readings.insert(outer).second) break;
    for (const std::string& inner :
         {undone(outer, undo_percent), undone(outer, undo_entity), all_undone(outer)}) {
      if (readings.insert(inner).second) readings.insert(all_undone(inner));
    }
    readings.insert(undone(undone(outer, undo_percent), undo_percent));
    outer = undone(outer, undo_backslash);
  }
  return readings;
}

}  // namespace

const std::map<std::string, std::string (*)(const std::string&)>& leak_encodings() {
  using Text = const std::string&;
  static const std::map<std::string, std::string (*)(Text)> kAll = {
      {"raw", [](Text text) { return text; }},
      {"percent", percent},
      {"percent_lower", [](Text text) { return each_byte(text, "%", kLower); }},
      {"percent_twice", [](Text text) { return percent(percent(text)); }},
      {"json", json},
      {"json_twice", [](Text text) { return json(json(text)); }},
      {"json_u", [](Text text) { return each_byte(text, "\\u00", kLower); }},
      {"json_u_upper", [](Text text) { return each_byte(text, "\\u00", kUpper); }},
      {"js_x", [](Text text) { return each_byte(text, "\\x", kLower); }},
      {"entities", entities},
      {"entities_decimal", decimal_entities},
      {"entities_hex", [](Text text) { return each_byte(text, "&#x", kLower, ";"); }},
      {"hex", [](Text text) { return each_byte(text, "", kLower); }},
      {"hex_upper", [](Text text) { return each_byte(text, "", kUpper); }},
      {"base64_0", [](Text text) { return base64(text); }},
      {"base64_1", [](Text text) { return base64("x" + text); }},
      {"base64_2", [](Text text) { return base64("xy" + text); }},
      {"base64url_0", base64url},
      {"base64url_1", [](Text text) { return base64url("x" + text); }},
      {"base64url_2", [](Text text) { return base64url("xy" + text); }},
      {"base64_lines", [](Text text) { return lines(base64(text)); }},
      {"base64_percent", [](Text text) { return percent(base64(text)); }},
      {"base64_json", [](Text text) { return json(base64("x" + text)); }},
      {"mixed", mixed},
  };
  return kAll;
}

void LeakSearch::add(const std::string& name, const std::string& secret) {
  needles_.push_back({name + " as it is", secret});
  needles_.push_back({name + " in hexadecimal", each_byte(secret, "", kLower)});
  needles_.push_back({name + " in hexadecimal", each_byte(secret, "", kUpper)});
  for (std::size_t shift = 0; shift < 3; ++shift) {
    for (const char* last : {"+/", "-_"}) {
      // Digits that what stands beside the secret has a part in are left out.
      std::string digits = base64(std::string(shift, 'x') + secret, last);
      digits.resize((shift + secret.size()) * 8 / 6);
      needles_.push_back({name + " in base64", digits.substr((shift * 8 + 5) / 6)});
    }
  }
}

std::vector<std::string> LeakSearch::find(std::string_view text) const {
  std::set<std::string> readings = readings_of(text);
  std::string without_lines;
  for (const char c : undone(text, undo_backslash)) {
    if (c != '\r' && c != '\n') without_lines += c;
  }
  readings.insert(without_lines);
  std::set<std::string> found;
  for (const Needle& needle : needles_) {
    const std::boyer_moore_horspool_searcher search(needle.text.begin(), needle.text.end());
    for (const std::string& reading : readings) {
      if (std::search(reading.begin(), reading.end(), search) == reading.end()) continue;
      found.insert(needle.name);
      break;
    }
  }
  return {found.begin(), found.end()};
}

}  // namespace sublet::scenario

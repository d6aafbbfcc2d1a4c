// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/base64.h"

// What services make of a secret that they send back, written apart from the scrubber's decoders.
namespace sublet::test {

struct Encoded {
  std::string how;
  std::string text;
};

inline std::string formatted(const char* format, std::string_view text) {
  std::string out;
  for (const char c : text) {
    char made[16] = {};
    std::snprintf(made, sizeof made, format, static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += made;
  }
  return out;
}

inline std::string percent(std::string_view text, const char* format, std::string_view plain) {
  std::string out;
  for (const char c : text) {
    const bool letter = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
    const bool stays = letter || plain.find(c) != std::string_view::npos;
    out += stays ? std::string(1, c) : formatted(format, {&c, 1});
  }
  return out;
}

inline std::string base64(const std::string& text) {
  std::string out = base::encode_base64(text);
  while (out.ends_with('=')) out.pop_back();
  return out;
}

inline std::string base64_url(const std::string& text) {
  std::string out = base64(text);
  for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return out;
}

inline std::string hex_upper(const std::string& text) { return formatted("%02X", text); }

inline std::string json(const std::string& text, bool ascii) {
  const std::string quoted = nlohmann::json(text).dump(-1, ' ', ascii);
  return quoted.substr(1, quoted.size() - 2);
}

// UTF-16 code units, each as \uXXXX.
inline std::string all_unicode(const std::string& text, bool upper) {
  const std::string ascii = json(text, true);
  std::string out;
  const auto decoded = nlohmann::json::parse("\"" + ascii + "\"").get<std::string>();
  for (std::size_t i = 0; i < decoded.size(); ++i) {
    const char c = decoded[i];
    if (static_cast<unsigned char>(c) < 0x80) {
      out += formatted(upper ? "\\u%04X" : "\\u%04x", {&c, 1});
      continue;
    }
    std::size_t end = i + 1;
    while (end < decoded.size() && (static_cast<unsigned char>(decoded[end]) & 0xC0) == 0x80) ++end;
    out += json(decoded.substr(i, end - i), true);
    i = end - 1;
  }
  return out;
}

inline std::string html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '&'    ? "&amp;"
           : c == '<'  ? "&lt;"
           : c == '>'  ? "&gt;"
           : c == '"'  ? "&quot;"
           : c == '\'' ? "&#39;"
                       : std::string(1, c);
  }
  return out;
}

inline std::vector<Encoded> encodings_of(const std::string& secret) {
  const std::string upper = percent(secret, "%%%02X", "-._~");
  std::vector<Encoded> out = {
      {"plain", secret},
      {"percent, upper case", upper},
      {"percent, lower case", percent(secret, "%%%02x", "-._~")},
      {"encodeURIComponent", percent(secret, "%%%02X", "-_.!~*'()")},
      {"encodeURI", percent(secret, "%%%02X", "-_.!~*'();/?:@&=+$,#")},
      {"percent, every byte", formatted("%%%02X", secret)},
      {"percent, every byte, lower case", formatted("%%%02x", secret)},
      {"percent, twice", percent(upper, "%%%02X", "-._~")},
      {"percent, twice, every byte", formatted("%%25%02x", secret)},
      {"JSON", json(secret, false)},
      {"JSON, ASCII", json(secret, true)},
      {"JSON in JSON", json(json(secret, true), true)},
      {"\\u, lower case", all_unicode(secret, false)},
      {"\\u, upper case", all_unicode(secret, true)},
      {"\\x", formatted("\\x%02x", secret)},
      {"HTML", html(secret)},
      {"HTML, twice", html(html(secret))},
      {"hex, upper case", hex_upper(secret)},
      {"hex, lower case", formatted("%02x", secret)},
      {"base64", base64(secret)},
      {"base64, for URLs", base64_url(secret)},
      {"percent in JSON", json(upper, true)},
      {"JSON in percent", percent(json(secret, true), "%%%02X", "-._~")},
  };
  return out;
}

}  // namespace sublet::test

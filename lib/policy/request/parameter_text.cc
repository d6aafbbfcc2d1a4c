// SPDX-License-Identifier: Apache-2.0
// What counts as a domain and as a URL.
#include <algorithm>
#include <cstddef>

#include "policy/request/parameters.h"

namespace sublet::policy {
namespace {

constexpr std::size_t kMaxDomain = 253;
constexpr std::size_t kMaxLabel = 63;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); }
bool is_alphanumeric(char c) { return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > kMaxLabel) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-'; });
}

// What readers of URLs take for a part of an IPv4 address: "7", "0x7f".
bool is_number(std::string_view label) {
  if (std::all_of(label.begin(), label.end(), is_digit)) return true;
  const bool hex = label.size() >= 2 && label[0] == '0' && (label[1] | 0x20) == 'x';
  return hex && std::all_of(label.begin() + 2, label.end(), is_hex);
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_authority(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && !is_port(text.substr(colon + 1))) return false;
  return is_domain(text.substr(0, colon));
}

// A character that RFC 3986 has in a path, query or fragment.
bool is_url_character(char c) {
  constexpr std::string_view kOthers = "-._~:/?#[]@!$&'()*+,;=%";
  return is_alphanumeric(c) || kOthers.find(c) != std::string_view::npos;
}

}  // namespace

bool is_domain(std::string_view text) noexcept {
  if (text.size() > kMaxDomain) return false;
  for (;;) {
    const std::size_t dot = text.find('.');
    const std::string_view label = text.substr(0, dot);
    if (!is_label(label)) return false;
    if (dot == std::string_view::npos) return !is_number(label);
    text.remove_prefix(dot + 1);
  }
}

bool is_web_url(std::string_view text) noexcept {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return false;
  if (text.substr(0, scheme) != "https" && text.substr(0, scheme) != "http") return false;
  text.remove_prefix(scheme + 3);
  const std::size_t end = std::min(text.find_first_of("/?#"), text.size());
  const std::string_view rest = text.substr(end);
  return is_authority(text.substr(0, end)) &&
         std::all_of(rest.begin(), rest.end(), is_url_character);
}

}  // namespace sublet::policy

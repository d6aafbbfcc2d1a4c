// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/host_name.h"

#include <fmt/format.h>
#include <idn2.h>

#include <algorithm>
#include <cstddef>
#include <memory>

#include "base/ascii.h"
#include "base/utf8.h"
#include "policy/egress/numeric_host.h"
#include "policy/names.h"

namespace sublet::policy {
namespace {

// RFC 1035, 2.3.4.
constexpr std::size_t kMaxName = 253;
constexpr std::size_t kMaxLabel = 63;
// IDNA2008 over UTS 46's mapping, as browsers do it. Of the bytes given: the locale has no part in
// it.
constexpr int kIdnFlags = IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL;

Refusal bad_host(std::string_view text, std::string_view why) {
  return {RefusalCode::kBadUrl, fmt::format("the host {} {}", in_quotes(text), why)};
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = base::hex_value(text[i + 1]);
    const int low = base::hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

struct IdnFree {
  void operator()(char* text) const { idn2_free(text); }
};
using IdnText = std::unique_ptr<char, IdnFree>;

// nullopt where it is no internationalised name; the A-labels in it are checked too.
std::optional<std::string> to_ascii(const std::string& text) {
  std::uint8_t* out = nullptr;
  const auto* in = reinterpret_cast<const std::uint8_t*>(text.c_str());
  if (idn2_lookup_u8(in, &out, kIdnFlags) != IDN2_OK) return std::nullopt;
  return std::string(IdnText(reinterpret_cast<char*>(out)).get());
}

std::optional<std::string> to_unicode(const std::string& name) {
  char* out = nullptr;
  if (idn2_to_unicode_8z8z(name.c_str(), &out, 0) != IDN2_OK) return std::nullopt;
  return std::string(IdnText(out).get());
}

bool is_label(std::string_view label) {
  const auto accepts = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !label.empty() && label.size() <= kMaxLabel && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), accepts);
}

bool is_name(std::string_view name) {
  if (name.size() > kMaxName) return false;
  for (;;) {
    const std::size_t dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

bool has_a_label(std::string_view name) {
  return name.starts_with("xn--") || name.find(".xn--") != std::string_view::npos;
}

Verdict<HostName> read_bracketed(std::string_view text) {
  if (text.size() < 2 || text.back() != ']') return bad_host(text, "has no closing bracket");
  const std::string_view inside = text.substr(1, text.size() - 2);
  const std::size_t zone = inside.find('%');
  const auto address = IpAddress::parse(inside.substr(0, zone));
  if (!address || address->is_v4()) return bad_host(text, "is no IPv6 address");
  HostName host{address->to_string(), address, {}};
  if (zone != std::string_view::npos) host.objection = "has a zone";
  return host;
}

// Whether `text`, lower-case but for ASCII, is how `name` is written in Unicode.
bool is_plain_spelling(const std::string& text, const std::string& name) {
  return text == name || to_unicode(name) == text;
}

Verdict<HostName> read_name(std::string_view text, std::string name) {
  const std::string plain = base::lower_case(text);
  if (!base::is_ascii(name) || has_a_label(name)) {
    auto ascii = to_ascii(name);
    if (!ascii) return bad_host(text, "is no internationalised name (IDNA2008)");
    name = base::lower_case(*ascii);
  }
  if (name.size() > 1 && name.back() == '.') name.pop_back();
  HostName host;
  if (ends_in_number(name)) {
    host.address = read_numeric_host(name);
    if (!host.address) return bad_host(text, "ends in a number but is no IPv4 address");
    host.name = host.address->to_string();
  } else {
    if (!is_name(name)) return bad_host(text, "is no host name");
    host.name = std::move(name);
  }
  if (!is_plain_spelling(plain, host.name)) {
    host.objection = fmt::format("is another spelling of {}", host.name);
  }
  return host;
}

}  // namespace

Verdict<HostName> read_host(std::string_view text) {
  if (text.empty()) return Refusal{RefusalCode::kBadUrl, "the URL has no host"};
  if (text.front() == '[') return read_bracketed(text);
  auto decoded = percent_decoded(text);
  if (!decoded) return bad_host(text, "has a wrong percent-encoding");
  if (!base::is_utf8(*decoded)) return bad_host(text, "is not UTF-8");
  if (decoded->find('\0') != std::string::npos) return bad_host(text, "has a zero byte");
  return read_name(text, base::lower_case(*decoded));
}

}  // namespace sublet::policy

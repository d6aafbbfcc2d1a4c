// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/host_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "policy/egress/authority.h"
#include "policy/names.h"

namespace sublet::policy {
namespace {

constexpr std::string_view kAnyLabel = "*.";
constexpr std::string_view kHttpPrefix = "http://";
constexpr std::string_view kHttpsPrefix = "https://";

// Below two-letter country codes, the labels under which registries hand out names.
constexpr std::array<std::string_view, 20> kSecondLevel = {
    "ac", "asn",  "co",  "com", "edu", "gob", "gouv", "gov", "go", "ne", "govt",
    "id", "info", "ltd", "me",  "mil", "net", "or",   "org", "plc"};

// Names of one label, and of two where a country's registry hands out the third. Platforms that
// give their customers subdomains are none: "*.example-shop.com" is what such an extension is for.
bool is_public_suffix(std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return true;
  const std::string_view rest = name.substr(dot + 1);
  const auto* const found =
      std::find(kSecondLevel.begin(), kSecondLevel.end(), name.substr(0, dot));
  return rest.size() == 2 && found != kSecondLevel.end();
}

bool is_below(std::string_view name, std::string_view suffix) {
  return name.size() > suffix.size() + 1 && name.ends_with(suffix) &&
         name[name.size() - suffix.size() - 1] == '.';
}

// The narrower of the two, which the other covers; nullopt where neither covers the other.
const HostPattern* narrower(const HostPattern& a, const HostPattern& b) {
  if (a.subdomains == b.subdomains && a.host == b.host) return &a;
  const bool are_names = !a.address && !b.address;
  if (are_names && b.subdomains && is_below(a.host, b.host)) return &a;
  if (are_names && a.subdomains && is_below(b.host, a.host)) return &b;
  return nullptr;
}

}  // namespace

Result<HostPattern> HostPattern::parse(std::string_view field, std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("{} {} {}", field, in_quotes(text), why)};
  };
  HostPattern pattern;
  std::string_view rest = text;
  if (rest.starts_with(kHttpPrefix)) {
    pattern.scheme = "http";
    rest.remove_prefix(kHttpPrefix.size());
  } else if (rest.starts_with(kHttpsPrefix)) {
    rest.remove_prefix(kHttpsPrefix.size());
  }
  pattern.subdomains = rest.starts_with(kAnyLabel);
  if (pattern.subdomains) rest.remove_prefix(kAnyLabel.size());
  if (rest.find('*') != std::string_view::npos) {
    return wrong("may have a '*' only as its first label, before a dot");
  }
  if (rest.find_first_of("/?#@\\") != std::string_view::npos) {
    return wrong("must be a host and nothing else: no path, no user name");
  }
  const auto authority = read_authority(rest);
  if (!authority) return wrong(fmt::format("is no host: {}", authority.refusal().reason));
  const HostName& host = authority->host;
  if (!host.objection.empty()) return wrong(host.objection);
  if (pattern.subdomains && (host.address || is_public_suffix(host.name))) {
    return wrong("is too wide: behind the '*' must stand a name that somebody has registered");
  }
  pattern.host = host.name;
  pattern.address = host.address;
  pattern.port = authority->port.value_or(default_port(pattern.scheme));
  return pattern;
}

bool HostPattern::covers_host(const Target& target) const noexcept {
  if (address || target.address) return address == target.address;
  return subdomains ? is_below(target.host, host) : target.host == host;
}

std::string HostPattern::to_string() const {
  std::string out = scheme == "http" ? std::string(kHttpPrefix) : std::string();
  if (subdomains) out += kAnyLabel;
  out += address ? address->in_url() : host;
  if (port != default_port(scheme)) out += fmt::format(":{}", port);
  return out;
}

std::optional<HostPattern> intersect(const HostPattern& a, const HostPattern& b) {
  if (a.scheme != b.scheme || a.port != b.port) return std::nullopt;
  const HostPattern* const both = narrower(a, b);
  return both == nullptr ? std::nullopt : std::optional(*both);
}

std::vector<HostPattern> intersect(std::span<const HostPattern> a, std::span<const HostPattern> b) {
  std::vector<HostPattern> out;
  for (const HostPattern& left : a) {
    for (const HostPattern& right : b) {
      auto both = intersect(left, right);
      if (both && std::find(out.begin(), out.end(), *both) == out.end()) {
        out.push_back(*std::move(both));
      }
    }
  }
  return out;
}

}  // namespace sublet::policy

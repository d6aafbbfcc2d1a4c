// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/egress/address.h"
#include "policy/egress/url.h"
#include "sublet/result.h"

namespace sublet::policy {

// One entry of an allow-list: a host, or every host below one; a scheme; a port.
struct HostPattern {
  bool subdomains = false;  // "*.": one or more labels before `host`, never `host` itself
  std::string host;         // as Target::host has it
  std::optional<IpAddress> address;
  std::string scheme = "https";
  std::uint16_t port = 443;

  // "api.example.com", "*.example.com", "api.example.com:8443", "[2001:db8::1]:8443",
  // "http://intra.example.com:8080". https where no scheme is named, and the scheme's own port
  // where no port is. Refused: "*", a "*" anywhere but as the first label, "*." before an address
  // or a public suffix, and hosts that no URL may have. The message begins with `field`.
  static Result<HostPattern> parse(std::string_view field, std::string_view text);

  bool covers_host(const Target& target) const noexcept;
  bool covers_scheme(const Target& target) const noexcept { return scheme == target.scheme; }
  bool covers_port(const Target& target) const noexcept { return port == target.port; }
  bool covers(const Target& target) const noexcept {
    return covers_host(target) && covers_scheme(target) && covers_port(target);
  }

  // As parse() takes it.
  std::string to_string() const;

  friend bool operator==(const HostPattern&, const HostPattern&) = default;
};

// What both cover; nullopt where that is nothing.
std::optional<HostPattern> intersect(const HostPattern& a, const HostPattern& b);

// What both lists cover, in the order of `a`, none twice.
std::vector<HostPattern> intersect(std::span<const HostPattern> a, std::span<const HostPattern> b);

}  // namespace sublet::policy

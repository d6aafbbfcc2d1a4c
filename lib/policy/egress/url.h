// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "policy/egress/address.h"
#include "policy/egress/refusal.h"

namespace sublet::policy {

// Where a request goes. It is sent to url(), never to the text that it was read from.
struct Target {
  std::string scheme;  // "https" or "http"
  // Lower-case ASCII, A-labels for Unicode; an address as IpAddress::to_string() has it.
  std::string host;
  std::optional<IpAddress> address;  // where the host is an address
  std::uint16_t port = 0;
  std::string path_and_query;  // begins with '/'; ASCII

  // "https://api.example.com:8443"; the scheme's own port is left out.
  std::string origin() const;
  std::string url() const { return origin() + path_and_query; }

  friend bool operator==(const Target&, const Target&) = default;
};

struct ParsedUrl {
  Target target;
  // Why this spelling of the host is refused, after the host itself is judged; else empty.
  std::string objection;
};

// The port of a scheme, "http" or "https".
std::uint16_t default_port(std::string_view scheme) noexcept;

// Reads an absolute URL of http or https, of at most `max_bytes`. Refused is what readers of URLs
// do not agree on (backslashes, control characters, spaces, a missing slash, signs in ports, ...)
// and what libcurl reads otherwise than this. The fragment is left out.
Verdict<ParsedUrl> parse_url(std::string_view text, std::size_t max_bytes);

// The absolute URL that a Location header's `reference` means at `base`; it is for parse_url() to
// judge.
Verdict<std::string> resolve_reference(const Target& base, std::string_view reference);

}  // namespace sublet::policy

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "policy/egress/address.h"

// What an address is for, by IANA's special-purpose registries (RFC 6890 and what followed it).
namespace sublet::policy {

enum class AddressKind {
  kPublic,
  kUnspecified,
  kLoopback,
  kPrivate,  // RFC 1918
  kShared,   // carrier-grade NAT
  kLinkLocal,
  kUniqueLocal,  // IPv6's private addresses, and the site-local ones before them
  kMulticast,
  kBroadcast,
  kDocumentation,
  kBenchmarking,
  kMetadata,    // a cloud's service that hands credentials to whoever asks
  kTransition,  // a tunnel or translation to an IPv4 address, itself public
  kReserved,    // everything else that is not reachable from everywhere
};

// "private", "link-local", "metadata service", ...
std::string_view to_string(AddressKind kind) noexcept;

struct EmbeddedAddress {
  IpAddress address;
  std::string_view form;  // "NAT64", "6to4", ...; static
};

// The IPv4 address inside an IPv6 one: mapped, compatible, translated, 6to4, Teredo, NAT64, ISATAP.
std::optional<EmbeddedAddress> embedded_address(const IpAddress& address) noexcept;

// Of an IPv6 address with an IPv4 one inside: the embedded one's kind where that is not public.
// Only through NAT64's well-known prefix is a public embedded address public; the other forms are
// kTransition.
AddressKind classify(const IpAddress& address) noexcept;

}  // namespace sublet::policy

// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/address_kind.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>

namespace sublet::policy {
namespace {

using enum AddressKind;

struct V4Range {
  std::uint32_t base;
  unsigned prefix;
  AddressKind kind;
};

constexpr std::uint32_t ip(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24U | b << 16U | c << 8U | d;
}

// The first that fits counts. IANA's registry of special-purpose IPv4 addresses, "Globally
// Reachable" other than true, unless another source is given.
constexpr V4Range kV4[] = {
    // Metadata services; those that are not link-local are known by their makers' manuals.
    {ip(169, 254, 169, 254), 32, kMetadata},  // AWS, Azure, Google, Oracle, DigitalOcean, OpenStack
    {ip(169, 254, 170, 2), 32, kMetadata},    // AWS: credentials of containers
    {ip(169, 254, 170, 23), 32, kMetadata},   // AWS: credentials of pods
    {ip(169, 254, 169, 253), 32, kMetadata},  // AWS: resolver
    {ip(169, 254, 0, 23), 32, kMetadata},     // Tencent
    {ip(169, 254, 42, 42), 32, kMetadata},    // Scaleway
    {ip(100, 100, 100, 200), 32, kMetadata},  // Alibaba
    {ip(168, 63, 129, 16), 32, kMetadata},    // Azure's platform address, in a public range
    {ip(192, 0, 0, 192), 32, kMetadata},      // Oracle Cloud Classic

    {ip(0, 0, 0, 0), 32, kUnspecified},         // RFC 1122, 3.2.1.3
    {ip(0, 0, 0, 0), 8, kReserved},             // RFC 791, 3.2: "this network"
    {ip(10, 0, 0, 0), 8, kPrivate},             // RFC 1918
    {ip(100, 64, 0, 0), 10, kShared},           // RFC 6598
    {ip(127, 0, 0, 0), 8, kLoopback},           // RFC 1122, 3.2.1.3
    {ip(169, 254, 0, 0), 16, kLinkLocal},       // RFC 3927
    {ip(172, 16, 0, 0), 12, kPrivate},          // RFC 1918
    {ip(192, 0, 0, 0), 24, kReserved},          // RFC 6890, 2.1: IETF protocol assignments
    {ip(192, 0, 2, 0), 24, kDocumentation},     // RFC 5737
    {ip(192, 88, 99, 0), 24, kReserved},        // RFC 7526: 6to4 relays, deprecated
    {ip(192, 168, 0, 0), 16, kPrivate},         // RFC 1918
    {ip(198, 18, 0, 0), 15, kBenchmarking},     // RFC 2544
    {ip(198, 51, 100, 0), 24, kDocumentation},  // RFC 5737
    {ip(203, 0, 113, 0), 24, kDocumentation},   // RFC 5737
    {ip(224, 0, 0, 0), 4, kMulticast},          // RFC 5771
    {ip(255, 255, 255, 255), 32, kBroadcast},   // RFC 8190; RFC 919, 7
    {ip(240, 0, 0, 0), 4, kReserved},           // RFC 1112, 4
};

AddressKind classify_v4(const IpAddress& address) noexcept {
  const std::uint32_t value =
      ip(address.bytes[0], address.bytes[1], address.bytes[2], address.bytes[3]);
  for (const V4Range& range : kV4) {
    if ((value ^ range.base) >> (32U - range.prefix) == 0) return range.kind;
  }
  return kPublic;
}

// The first groups of 16 bits as they are written, then zeros, then the last 32 bits.
constexpr IpAddress v6(std::initializer_list<std::uint16_t> groups, std::uint32_t last = 0) {
  IpAddress address{IpAddress::Family::kV6, {}};
  std::size_t i = 0;
  for (const std::uint16_t group : groups) {
    address.bytes[i++] = static_cast<std::uint8_t>(group >> 8U);
    address.bytes[i++] = static_cast<std::uint8_t>(group);
  }
  for (unsigned byte = 0; byte < 4; ++byte) {
    address.bytes[15 - byte] |= static_cast<std::uint8_t>(last >> (8 * byte));
  }
  return address;
}

struct V6Range {
  AddressRange range;
  AddressKind kind;
};

// The first that fits counts. IANA's registry of special-purpose IPv6 addresses, likewise.
constexpr V6Range kV6[] = {
    {{v6({0xfd00, 0xec2}, 0x254), 128}, kMetadata},      // AWS
    {{v6({0xfd00, 0xec2}, 0x253), 128}, kMetadata},      // AWS: resolver
    {{v6({0xfd00, 0xec2}, 0x23), 128}, kMetadata},       // AWS: credentials of pods
    {{v6({0xfd20, 0xce}, 0x254), 128}, kMetadata},       // Google
    {{v6({0xfd00, 0x42}, 0x42), 128}, kMetadata},        // Scaleway
    {{v6({0xfd00, 0xc1}, 0xa9fea9fe), 128}, kMetadata},  // Oracle
    {{v6({}), 128}, kUnspecified},                       // RFC 4291, 2.5.2
    {{v6({}, 1), 128}, kLoopback},                       // RFC 4291, 2.5.3
    {{v6({0xfc00}), 7}, kUniqueLocal},                   // RFC 4193
    {{v6({0xfe80}), 10}, kLinkLocal},                    // RFC 4291, 2.5.6
    {{v6({0xfec0}), 10}, kUniqueLocal},                  // RFC 3879: site-local, deprecated
    {{v6({0xff00}), 8}, kMulticast},                     // RFC 4291, 2.7
    {{v6({0x2001, 0x2}), 48}, kBenchmarking},            // RFC 5180
    {{v6({0x2001, 0xdb8}), 32}, kDocumentation},         // RFC 3849
    {{v6({0x3fff}), 20}, kDocumentation},                // RFC 9637
    {{v6({0x2001}), 23}, kReserved},                     // RFC 2928: IETF protocol assignments
    {{v6({0x2000}), 3}, kPublic},                        // RFC 4291, 2.4: what IANA gives out
};

AddressKind classify_plain_v6(const IpAddress& address) noexcept {
  for (const V6Range& entry : kV6) {
    if (entry.range.contains(address)) return entry.kind;
  }
  // 100::/64 (RFC 6666), 5f00::/16 (RFC 9602) and whatever is not given out.
  return kReserved;
}

struct Embedding {
  AddressRange range;
  unsigned at;        // the first byte of the embedded address
  std::uint8_t mask;  // what each of its bytes is inverted by
  std::string_view form;
};

constexpr std::string_view kNat64 = "NAT64";

constexpr Embedding kEmbeddings[] = {
    {{v6({0, 0, 0, 0, 0, 0xffff}), 96}, 12, 0, "v4-mapped"},   // RFC 4291, 2.5.5.2
    {{v6({0, 0, 0, 0, 0xffff}), 96}, 12, 0, "v4-translated"},  // RFC 2765, 2.1
    {{v6({}), 96}, 12, 0, "v4-compatible"},                    // RFC 4291, 2.5.5.1
    {{v6({0x64, 0xff9b}), 96}, 12, 0, kNat64},                 // RFC 6052, 2.1
    // Local prefixes of any length lie in it (RFC 8215); the last four bytes are the usual place.
    {{v6({0x64, 0xff9b, 1}), 48}, 12, 0, "local NAT64"},
    {{v6({0x2002}), 16}, 2, 0, "6to4"},        // RFC 3056, 2
    {{v6({0x2001}), 32}, 12, 0xff, "Teredo"},  // RFC 4380, 4: client, inverted
};

// RFC 5214, 6.1: the interface identifier begins with 00-00-5E-FE or 02-00-5E-FE.
bool is_isatap(const IpAddress& address) noexcept {
  return (address.bytes[8] & 0xfdU) == 0 && address.bytes[9] == 0 && address.bytes[10] == 0x5e &&
         address.bytes[11] == 0xfe;
}

IpAddress take_v4(const IpAddress& from, unsigned at, std::uint8_t mask) noexcept {
  IpAddress address;
  for (unsigned i = 0; i < 4; ++i) address.bytes[i] = from.bytes[at + i] ^ mask;
  return address;
}

// "::" and "::1" are no v4-compatible addresses.
bool is_small(const IpAddress& address) noexcept {
  return std::all_of(address.bytes.begin(), address.bytes.begin() + 15,
                     [](std::uint8_t byte) { return byte == 0; }) &&
         address.bytes[15] <= 1;
}

}  // namespace

std::string_view to_string(AddressKind kind) noexcept {
  static constexpr std::array<std::string_view, 14> kNames = {
      "public",       "unspecified",      "loopback",   "private",   "shared",
      "link-local",   "unique-local",     "multicast",  "broadcast", "documentation",
      "benchmarking", "metadata service", "transition", "reserved"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::optional<EmbeddedAddress> embedded_address(const IpAddress& address) noexcept {
  if (address.is_v4() || is_small(address)) return std::nullopt;
  for (const Embedding& embedding : kEmbeddings) {
    if (embedding.range.contains(address)) {
      return EmbeddedAddress{take_v4(address, embedding.at, embedding.mask), embedding.form};
    }
  }
  if (is_isatap(address)) return EmbeddedAddress{take_v4(address, 12, 0), "ISATAP"};
  return std::nullopt;
}

AddressKind classify(const IpAddress& address) noexcept {
  if (address.is_v4()) return classify_v4(address);
  const auto embedded = embedded_address(address);
  if (!embedded) return classify_plain_v6(address);
  if (const AddressKind kind = classify_v4(embedded->address); kind != kPublic) return kind;
  if (embedded->form == kNat64) return kPublic;
  const AddressKind outer = classify_plain_v6(address);
  return outer == kPublic || outer == kReserved ? kTransition : outer;
}

}  // namespace sublet::policy

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Addresses in binary: what is compared is never their text.
namespace sublet::policy {

struct IpAddress {
  enum class Family : std::uint8_t { kV4, kV6 };

  Family family = Family::kV4;
  // In network order; of IPv4 the first four, the rest zero.
  std::array<std::uint8_t, 16> bytes{};

  // Four decimal numbers without leading zeros, or a form of RFC 4291, section 2.2. No brackets, no
  // zone, no prefix, none of the short, octal or hexadecimal forms of IPv4.
  static std::optional<IpAddress> parse(std::string_view text);
  // `value` in host order: 0x7f000001 is 127.0.0.1.
  static IpAddress v4(std::uint32_t value) noexcept;

  bool is_v4() const noexcept { return family == Family::kV4; }
  // As RFC 5952 writes it, without brackets.
  std::string to_string() const;
  // As a URL has it: IPv6 in brackets.
  std::string in_url() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

// The addresses whose first `prefix` bits are those of `base`.
struct AddressRange {
  IpAddress base;
  unsigned prefix = 32;

  // "10.0.0.0/8", or an address alone. nullopt too where bits after the prefix are set.
  static std::optional<AddressRange> parse(std::string_view text);

  // Families are never mixed: 10.0.0.0/8 does not hold ::ffff:10.0.0.1.
  bool contains(const IpAddress& address) const noexcept;
  bool is_single() const noexcept { return prefix == (base.is_v4() ? 32U : 128U); }
};

// Where a socket is bound or connected to.
struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  // "127.0.0.1:8080", "[::1]:8080".
  static std::optional<Endpoint> parse(std::string_view text);

  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

}  // namespace sublet::policy

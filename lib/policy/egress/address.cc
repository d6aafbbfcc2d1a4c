// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <cstddef>

namespace sublet::policy {
namespace {

// Below the prefix, all bits are zero.
bool is_aligned(const IpAddress& base, unsigned prefix) {
  for (unsigned bit = prefix; bit < base.bytes.size() * 8; ++bit) {
    if ((base.bytes[bit / 8] >> (7 - bit % 8)) & 1U) return false;
  }
  return true;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  // inet_pton reads up to a zero byte.
  if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string terminated(text);
  IpAddress address;
  const bool is_v6 = text.find(':') != std::string_view::npos;
  address.family = is_v6 ? Family::kV6 : Family::kV4;
  if (inet_pton(is_v6 ? AF_INET6 : AF_INET, terminated.c_str(), address.bytes.data()) != 1) {
    return std::nullopt;
  }
  // Some C libraries take 010.0.0.1 for 10.0.0.1.
  if (!is_v6 && address.to_string() != text) return std::nullopt;
  return address;
}

IpAddress IpAddress::v4(std::uint32_t value) noexcept {
  IpAddress address;
  for (unsigned i = 0; i < 4; ++i) {
    address.bytes[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  }
  return address;
}

std::string IpAddress::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(is_v4() ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
  return text.data();
}

std::string IpAddress::in_url() const { return is_v4() ? to_string() : "[" + to_string() + "]"; }

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto base = IpAddress::parse(text.substr(0, slash));
  if (!base) return std::nullopt;
  AddressRange range{*base, base->is_v4() ? 32U : 128U};
  if (slash == std::string_view::npos) return range;
  const std::string_view digits = text.substr(slash + 1);
  const unsigned most = range.prefix;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), range.prefix);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (range.prefix > most || !is_aligned(*base, range.prefix)) return std::nullopt;
  return range;
}

bool AddressRange::contains(const IpAddress& address) const noexcept {
  if (address.family != base.family) return false;
  const unsigned whole = prefix / 8;
  for (unsigned i = 0; i < whole; ++i) {
    if (address.bytes[i] != base.bytes[i]) return false;
  }
  const unsigned rest = prefix % 8;
  return rest == 0 || ((address.bytes[whole] ^ base.bytes[whole]) >> (8 - rest)) == 0;
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto address = IpAddress::parse(host);
  if (!address || address->is_v4() == bracketed) return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  Endpoint made{*address, 0};
  const auto [end, fault] =
      std::from_chars(digits.data(), digits.data() + digits.size(), made.port);
  const bool whole = fault == std::errc() && end == digits.data() + digits.size();
  if (!whole || made.port == 0) return std::nullopt;
  return made;
}

}  // namespace sublet::policy

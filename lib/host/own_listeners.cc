// SPDX-License-Identifier: Apache-2.0
#include "host/own_listeners.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "policy/names.h"

namespace sublet::host {
namespace {

using policy::Endpoint;
using policy::IpAddress;

constexpr std::size_t kMost = 100;

std::optional<IpAddress> address_of(const sockaddr* given) {
  IpAddress address;
  if (given == nullptr) return std::nullopt;
  if (given->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, given, sizeof v4);
    std::memcpy(address.bytes.data(), &v4.sin_addr, sizeof v4.sin_addr);
    return address;
  }
  if (given->sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 v6{};
  std::memcpy(&v6, given, sizeof v6);
  address.family = IpAddress::Family::kV6;
  std::memcpy(address.bytes.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
  return address;
}

std::vector<IpAddress> own_addresses() {
  std::vector<IpAddress> found;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return found;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, freeifaddrs);
  for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
    if (const auto address = address_of(each->ifa_addr)) found.push_back(*address);
  }
  return found;
}

bool is_any(const IpAddress& address) {
  return std::all_of(address.bytes.begin(), address.bytes.end(),
                     [](std::uint8_t byte) { return byte == 0; });
}

}  // namespace

Result<std::vector<Endpoint>> read_own_listeners(const std::vector<std::string>& texts) {
  const std::string field = "HostOptions::requests.own_listeners";
  if (texts.size() > kMost) {
    return Error{ErrorCode::kInvalidArgument, field + " has more than 100 entries"};
  }
  std::vector<Endpoint> listeners;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto endpoint = Endpoint::parse(texts[i]);
    if (!endpoint) {
      return Error{ErrorCode::kInvalidArgument,
                   field + "[" + std::to_string(i) + "]: " + policy::in_quotes(texts[i]) +
                       " is no address with a port (203.0.113.7:8080, [::]:8080)"};
    }
    listeners.push_back(*endpoint);
    if (!is_any(endpoint->address)) continue;
    // A socket of [::] takes IPv4 too, as systems are set up.
    for (const IpAddress& own : own_addresses()) {
      if (own.is_v4() || !endpoint->address.is_v4()) listeners.push_back({own, endpoint->port});
    }
  }
  return listeners;
}

}  // namespace sublet::host

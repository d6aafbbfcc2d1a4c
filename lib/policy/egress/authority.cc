// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/authority.h"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <utility>

#include "policy/names.h"

namespace sublet::policy {
namespace {

std::optional<std::uint16_t> read_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, port);
  if (error != std::errc{} || end != last || text.front() == '0') return std::nullopt;
  return port;
}

// Where the host ends: the first colon after the brackets.
std::size_t end_of_host(std::string_view text) {
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
  return bracket == std::string_view::npos ? bracket : text.find(':', bracket);
}

}  // namespace

Verdict<Authority> read_authority(std::string_view text) {
  const std::size_t colon = end_of_host(text);
  auto host = read_host(text.substr(0, colon));
  if (!host) return host.refusal();
  Authority authority{std::move(*host), std::nullopt};
  if (colon == std::string_view::npos) return authority;
  const std::string_view port = text.substr(colon + 1);
  authority.port = read_port(port);
  if (!authority.port) {
    return Refusal{
        RefusalCode::kBadUrl,
        fmt::format("the port {} is no number from 1 to 65535, plainly written", in_quotes(port))};
  }
  return authority;
}

}  // namespace sublet::policy

// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/numeric_host.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace sublet::policy {
namespace {

constexpr std::size_t kMostNumbers = 4;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_hexadecimal(std::string_view label) {
  return label.size() >= 2 && label[0] == '0' && (label[1] == 'x' || label[1] == 'X');
}

std::optional<std::uint32_t> read_number(std::string_view label) noexcept {
  int base = 10;
  if (is_hexadecimal(label)) {
    base = 16;
    label.remove_prefix(2);
    // "0x" alone is 0.
    if (label.empty()) return 0;
  } else if (label.size() > 1 && label.front() == '0') {
    base = 8;
  }
  std::uint32_t value = 0;
  const char* const last = label.data() + label.size();
  const auto [end, error] = std::from_chars(label.data(), last, value, base);
  if (label.empty() || error != std::errc{} || end != last) return std::nullopt;
  return value;
}

}  // namespace

bool ends_in_number(std::string_view host) noexcept {
  const std::string_view label = host.substr(host.rfind('.') + 1);
  return (!label.empty() && std::all_of(label.begin(), label.end(), is_digit)) ||
         (is_hexadecimal(label) &&
          label.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos);
}

std::optional<IpAddress> read_numeric_host(std::string_view host) noexcept {
  std::uint32_t value = 0;
  for (std::size_t count = 1; count <= kMostNumbers; ++count) {
    const std::size_t dot = host.find('.');
    const auto number = read_number(host.substr(0, dot));
    if (!number) return std::nullopt;
    const auto bits_left = static_cast<unsigned>(8 * (kMostNumbers - count + 1));
    if (dot == std::string_view::npos) {
      if (bits_left < 32 && (*number >> bits_left) != 0) return std::nullopt;
      return IpAddress::v4(value | *number);
    }
    if (*number > 0xff) return std::nullopt;
    value |= *number << (bits_left - 8);
    host.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

}  // namespace sublet::policy

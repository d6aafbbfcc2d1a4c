// SPDX-License-Identifier: Apache-2.0
#include "base/http_names.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace sublet::base {
namespace {

constexpr std::array<std::string_view, 13> kTransportHeaders = {"host",
                                                                "content-length",
                                                                "transfer-encoding",
                                                                "connection",
                                                                "keep-alive",
                                                                "te",
                                                                "trailer",
                                                                "upgrade",
                                                                "http2-settings",
                                                                "proxy-connection",
                                                                "expect",
                                                                "proxy-authenticate",
                                                                "proxy-authorization"};

bool is_token_character(char c) noexcept {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  const char lower = to_lower(c);
  return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z') ||
         kMarks.find(c) != std::string_view::npos;
}

}  // namespace

bool is_http_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_character);
}

bool is_transport_header(std::string_view name) noexcept {
  return std::any_of(kTransportHeaders.begin(), kTransportHeaders.end(),
                     [name](std::string_view own) { return same_but_for_case(name, own); });
}

}  // namespace sublet::base

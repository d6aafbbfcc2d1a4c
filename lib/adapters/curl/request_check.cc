// SPDX-License-Identifier: Apache-2.0
#include "adapters/curl/request_check.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "adapters/curl/answer_head.h"

namespace sublet::adapters::curl {
namespace {

// They say where the message ends, to whom it goes, or concern the connection: the transport's.
constexpr std::array<std::string_view, 13> kOwnHeaders = {"host",
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

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool is_same(std::string_view name, std::string_view lower_case) noexcept {
  return std::equal(name.begin(), name.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

}  // namespace

std::string fault_of(const HttpRequest& request) {
  if (!is_token(request.method) || request.method == "CONNECT") return "no such method";
  if (request.method == "HEAD" && request.body) return "HEAD has no body";
  for (const HttpHeader& header : request.headers) {
    if (!is_token(header.name)) return "a header's name is none";
    if (!is_header_value(header.value)) return "the value of " + header.name + " is none";
    for (const std::string_view own : kOwnHeaders) {
      if (is_same(header.name, own)) return header.name + " is the transport's own header";
    }
  }
  return {};
}

bool has_header(const HttpRequest& request, std::string_view lower_case_name) noexcept {
  return std::any_of(request.headers.begin(), request.headers.end(), [&](const HttpHeader& header) {
    return is_same(header.name, lower_case_name);
  });
}

bool is_idempotent(std::string_view method) noexcept {
  constexpr std::array<std::string_view, 6> kMethods = {"GET",     "HEAD",  "PUT",
                                                        "OPTIONS", "TRACE", "DELETE"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

}  // namespace sublet::adapters::curl

// SPDX-License-Identifier: Apache-2.0
#include "adapters/curl/request_check.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "adapters/curl/answer_head.h"
#include "base/ascii.h"
#include "base/http_names.h"

namespace sublet::adapters::curl {

std::string fault_of(const HttpRequest& request) {
  if (!base::is_http_token(request.method) || request.method == "CONNECT") return "no such method";
  if (request.method == "HEAD" && request.body) return "HEAD has no body";
  for (const HttpHeader& header : request.headers) {
    if (!base::is_http_token(header.name)) return "a header's name is none";
    if (!is_header_value(header.value)) return "the value of " + header.name + " is none";
    if (base::is_transport_header(header.name)) {
      return header.name + " is the transport's own header";
    }
  }
  return {};
}

bool has_header(const HttpRequest& request, std::string_view name) noexcept {
  return std::any_of(request.headers.begin(), request.headers.end(), [&](const HttpHeader& header) {
    return base::same_but_for_case(header.name, name);
  });
}

bool is_idempotent(std::string_view method) noexcept {
  constexpr std::array<std::string_view, 6> kMethods = {"GET",     "HEAD",  "PUT",
                                                        "OPTIONS", "TRACE", "DELETE"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

}  // namespace sublet::adapters::curl

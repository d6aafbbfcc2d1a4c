// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/http_transport.h"

#include "sublet/adapters/name_resolver.h"

namespace sublet {
inline namespace v1 {

HttpTransport::~HttpTransport() = default;

NameResolver::~NameResolver() = default;

std::string_view to_string(HttpFailure failure) noexcept {
  switch (failure) {
    case HttpFailure::kNone:
      return "none";
    case HttpFailure::kConnect:
      return "connect";
    case HttpFailure::kAddressRefused:
      return "address_refused";
    case HttpFailure::kTls:
      return "tls";
    case HttpFailure::kTimeoutConnect:
      return "timeout_connect";
    case HttpFailure::kTimeoutFirstByte:
      return "timeout_first_byte";
    case HttpFailure::kTimeoutTotal:
      return "timeout_total";
    case HttpFailure::kBroken:
      return "broken";
    case HttpFailure::kProtocol:
      return "protocol";
    case HttpFailure::kHeadersTooLarge:
      return "headers_too_large";
    case HttpFailure::kBodyTooLarge:
      return "body_too_large";
    case HttpFailure::kCanceled:
      return "canceled";
    case HttpFailure::kUnavailable:
      return "unavailable";
    case HttpFailure::kInvalidRequest:
      return "invalid_request";
  }
  return "unknown";
}

}  // namespace v1
}  // namespace sublet

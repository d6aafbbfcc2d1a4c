// SPDX-License-Identifier: Apache-2.0
#include "proxy/codes.h"

namespace sublet::proxy {

std::string_view code_of(HttpFailure failure) noexcept {
  switch (failure) {
    case HttpFailure::kConnect:
      return codes::kConnect;
    case HttpFailure::kAddressRefused:
      return "private_address";
    case HttpFailure::kTls:
      return codes::kTls;
    case HttpFailure::kTimeoutConnect:
      return codes::kTimeoutConnect;
    case HttpFailure::kTimeoutFirstByte:
      return codes::kTimeoutFirstByte;
    case HttpFailure::kTimeoutTotal:
      return codes::kTimeoutTotal;
    case HttpFailure::kBroken:
      return codes::kBroken;
    case HttpFailure::kProtocol:
      return codes::kProtocol;
    case HttpFailure::kHeadersTooLarge:
      return codes::kHeadersTooLarge;
    case HttpFailure::kBodyTooLarge:
      return codes::kResponseTooLarge;
    case HttpFailure::kCanceled:
      return codes::kCanceled;
    case HttpFailure::kUnavailable:
      return codes::kUnavailable;
    case HttpFailure::kInvalidRequest:
      return codes::kArgument;
    case HttpFailure::kNone:
      break;
  }
  return codes::kInternal;
}

}  // namespace sublet::proxy

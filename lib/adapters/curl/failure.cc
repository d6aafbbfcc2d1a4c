// SPDX-License-Identifier: Apache-2.0
#include "adapters/curl/failure.h"

namespace sublet::adapters::curl {
namespace {

// CURLE_TOO_LARGE of newer ones.
constexpr int kTooLarge = 100;

HttpFailure while_reading(CURLcode result, bool answered, std::string_view message) noexcept {
  switch (static_cast<int>(result)) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_BAD_FUNCTION_ARGUMENT:  // a header that libcurl cannot keep
    case CURLE_HTTP2:
      return HttpFailure::kProtocol;
    case CURLE_RECV_ERROR:
      // libcurl has no code of its own for chunks that are none.
      return message.find("chunked-encoding") == std::string_view::npos ? HttpFailure::kBroken
                                                                        : HttpFailure::kProtocol;
    case CURLE_OPERATION_TIMEDOUT:
      return HttpFailure::kTimeoutTotal;
    case CURLE_OUT_OF_MEMORY:
    case kTooLarge:
      // libcurl's own bound of one header, 100 KB, looks like this.
      return answered ? HttpFailure::kUnavailable : HttpFailure::kHeadersTooLarge;
    default:
      return HttpFailure::kBroken;
  }
}

}  // namespace

HttpFailure failure_of(CURLcode result, bool connected, bool answered,
                       std::string_view message) noexcept {
  if (result == CURLE_OK) return HttpFailure::kNone;
  if (connected) return while_reading(result, answered, message);
  switch (result) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return HttpFailure::kAddressRefused;
    case CURLE_OPERATION_TIMEDOUT:
      return HttpFailure::kTimeoutConnect;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return HttpFailure::kTls;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return HttpFailure::kInvalidRequest;
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
      return HttpFailure::kUnavailable;
    default:
      return HttpFailure::kConnect;
  }
}

}  // namespace sublet::adapters::curl

// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/refusal.h"

namespace sublet::policy {

std::string_view to_string(RefusalCode code) noexcept {
  switch (code) {
    case RefusalCode::kBadUrl:
      return "bad_url";
    case RefusalCode::kUrlTooLong:
      return "url_too_long";
    case RefusalCode::kCredentialsInUrl:
      return "credentials_in_url";
    case RefusalCode::kSchemeDenied:
      return "scheme_denied";
    case RefusalCode::kPrivateAddress:
      return "private_address";
    case RefusalCode::kOwnListener:
      return "own_listener";
    case RefusalCode::kEgressDenied:
      return "egress_denied";
    case RefusalCode::kPortDenied:
      return "port_denied";
    case RefusalCode::kTooManyRedirects:
      return "too_many_redirects";
    case RefusalCode::kNoAddress:
      return "no_address";
  }
  return "egress_denied";
}

}  // namespace sublet::policy

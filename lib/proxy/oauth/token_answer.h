// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "policy/http_date.h"
#include "proxy/request_plan.h"

// What a provider's token endpoint said (RFC 6749 section 5), and the ways in which well-known ones
// say it otherwise: as a form, with an error and status 200, with numbers as texts.
namespace sublet::proxy {

struct GrantedToken {
  std::string access_token;
  std::string refresh_token;
  std::optional<std::vector<std::string>> scopes;
  std::optional<std::chrono::seconds> expires_in;

  GrantedToken() = default;
  ~GrantedToken();
  GrantedToken(const GrantedToken&) = default;
  GrantedToken& operator=(const GrantedToken&) = default;
  GrantedToken(GrantedToken&&) = default;
  GrantedToken& operator=(GrantedToken&&) = default;
};

struct TokenRefusal {
  enum class Kind : std::uint8_t {
    kInvalidGrant,  // the code or refresh token is good for nothing any more
    kFinal,         // asking again would change nothing
    kLater,         // the provider or the way to it is disturbed
  };
  Kind kind = Kind::kFinal;
  std::string why;  // for a message: 'said "invalid_grant"'; nothing that the provider wrote freely
  std::optional<std::chrono::seconds> retry_after;  // where the provider named one
};

using TokenAnswer = std::variant<GrantedToken, TokenRefusal>;

TokenAnswer read_token_answer(const RequestAnswer& answer, policy::WallTime now);

}  // namespace sublet::proxy

// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/secret_text.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>

#include "base/base64.h"

namespace sublet::proxy {
namespace {

// RFC 6749 sections 4.1.2.1 and 5.2, OpenID Connect; then GitHub's and Slack's own.
constexpr std::array<std::string_view, 26> kKnownErrors = {
    "access_denied",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "invalid_target",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
    "unsupported_token_type",
    "account_selection_required",
    "consent_required",
    "interaction_required",
    "login_required",
    "bad_refresh_token",
    "bad_verification_code",
    "incorrect_client_credentials",
    "redirect_uri_mismatch",
    "bad_client_secret",
    "code_already_used",
    "invalid_code",
    "invalid_refresh_token",
    "token_expired",
    "token_revoked",
};

}  // namespace

void wipe_text(std::string& text) noexcept {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

std::string encode_base64url(std::string_view bytes) {
  std::string out = base::encode_base64(bytes);
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  while (out.ends_with('=')) out.pop_back();
  return out;
}

std::optional<std::string> random_text(const RandomBytes& random, std::size_t bytes) {
  std::string raw(bytes, '\0');
  if (!random || !random({reinterpret_cast<std::uint8_t*>(raw.data()), raw.size()})) {
    return std::nullopt;
  }
  std::string out = encode_base64url(raw);
  wipe_text(raw);
  return out;
}

std::string_view shown_error(std::string_view code) noexcept {
  const auto* const known = std::find(kKnownErrors.begin(), kKnownErrors.end(), code);
  return known == kKnownErrors.end() ? std::string_view("an error of its own") : *known;
}

}  // namespace sublet::proxy

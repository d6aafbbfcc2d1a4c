// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/token_call.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>
#include <utility>

#include "base/base64.h"
#include "base/sha256.h"
#include "policy/egress/url.h"
#include "proxy/codes.h"
#include "proxy/oauth/scopes.h"
#include "proxy/oauth/secret_text.h"

namespace sublet::proxy {
namespace {

constexpr std::size_t kMaxUrl = 8192;

// What an extra parameter may not be.
bool is_reserved(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kReserved = {
      "client_id",     "client_secret",  "grant_type",
      "code",          "refresh_token",  "redirect_uri",
      "state",         "code_challenge", "code_challenge_method",
      "response_type", "code_verifier",  "token"};
  return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
}

void add_extra(FormFields& fields, const FormFields& extra) {
  for (const auto& [name, value] : extra) {
    if (!is_reserved(name) && !has_form_field(fields, name)) fields.emplace_back(name, value);
  }
}

// The token endpoint's own host, as an entry of the manifest's `egress` would name it.
std::optional<policy::HostPattern> host_of(const std::string& url) {
  const auto parsed = policy::parse_url(url, kMaxUrl);
  if (!parsed) return std::nullopt;
  const policy::Target& target = parsed->target;
  policy::HostPattern out;
  out.host = target.host;
  out.address = target.address;
  out.scheme = target.scheme;
  out.port = target.port;
  return out;
}

// Section 2.3.1: each half is a form's text before it is base64. A client without a secret only
// says its name.
std::string basic_credentials(const OAuthProvider& provider) {
  std::string both = form_encoded(provider.client_id) + ":" + form_encoded(provider.client_secret);
  std::string out = "Basic " + base::encode_base64(both);
  wipe_text(both);
  return out;
}

RequestCall form_call(const OAuthProvider& provider, const std::string& url, FormFields fields) {
  RequestPlan plan;
  plan.method = "POST";
  plan.url = url;
  plan.headers = {{"Accept", "application/json"},
                  {"Content-Type", "application/x-www-form-urlencoded"}};
  if (provider.client_in_body || provider.client_secret.empty()) {
    fields.emplace_back("client_id", provider.client_id);
    if (!provider.client_secret.empty()) {
      fields.emplace_back("client_secret", provider.client_secret);
    }
  } else {
    plan.headers.push_back({"Authorization", basic_credentials(provider)});
  }
  plan.body = std::make_shared<const std::string>(write_form(fields));
  plan.secret_in_body = true;
  plan.declared = host_of(url);
  for (auto& [name, value] : fields) wipe_text(value);

  RequestCall call;
  call.name = "oauth:" + provider.name;
  call.plan = [plan = std::move(plan)](std::optional<std::string_view>) -> Planned { return plan; };
  call.redirect = RedirectMode::kError;
  call.cache = CacheMode::kNoStore;
  return call;
}

}  // namespace

FormFields code_grant(const std::string& code, const std::string& verifier,
                      const std::string& redirect_uri) {
  return {{"grant_type", "authorization_code"},
          {"code", code},
          {"redirect_uri", redirect_uri},
          {"code_verifier", verifier}};
}

FormFields refresh_grant(const std::string& refresh_token) {
  return {{"grant_type", "refresh_token"}, {"refresh_token", refresh_token}};
}

FormFields client_grant(const OAuthProvider& provider) {
  FormFields out = {{"grant_type", "client_credentials"}};
  if (!provider.scopes.empty()) out.emplace_back("scope", join_scopes(provider.scopes));
  return out;
}

RequestCall token_call(const OAuthProvider& provider, FormFields grant) {
  if (!provider.audience.empty()) grant.emplace_back("audience", provider.audience);
  add_extra(grant, provider.extra);
  return form_call(provider, provider.token_url, std::move(grant));
}

RequestCall revocation_call(const OAuthProvider& provider, const std::string& token,
                            const std::string& hint) {
  return form_call(provider, provider.revoke_url, {{"token", token}, {"token_type_hint", hint}});
}

std::string authorize_url(const OAuthProvider& provider, const std::string& state,
                          const std::string& verifier, const std::string& redirect_uri) {
  const base::Sha256Digest digest = base::sha256(verifier);
  const std::string_view bytes(reinterpret_cast<const char*>(digest.data()), digest.size());
  FormFields fields = {{"response_type", "code"},
                       {"client_id", provider.client_id},
                       {"redirect_uri", redirect_uri},
                       {"state", state},
                       {"code_challenge", encode_base64url(bytes)},
                       {"code_challenge_method", "S256"}};
  if (!provider.scopes.empty()) fields.emplace_back("scope", join_scopes(provider.scopes));
  if (!provider.audience.empty()) fields.emplace_back("audience", provider.audience);
  add_extra(fields, provider.open_extra);
  const std::string url = provider.authorize_url.substr(0, provider.authorize_url.find('#'));
  return url + (url.find('?') == std::string::npos ? "?" : "&") + write_form(fields);
}

}  // namespace sublet::proxy

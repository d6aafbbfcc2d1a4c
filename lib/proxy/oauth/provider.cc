// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/provider.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>
#include <utility>

#include "base/sha256.h"
#include "policy/request/oauth_text.h"
#include "proxy/oauth/secret_text.h"

namespace sublet::proxy {
namespace {

// Renders the texts of one provider; the first fault counts.
class Rendering {
 public:
  Rendering(const policy::OAuthDeclaration& declared, const policy::ParameterValues& parameters)
      : declared_(declared), parameters_(parameters) {}

  void url(std::string_view field, const policy::LocatedText& text, std::string& out) {
    keep(field, policy::render_oauth_url(text, parameters_), out);
  }
  void text(std::string_view field, const policy::LocatedText& text, std::string& out) {
    used_secret_ = false;
    const policy::SecretLookup secret = [this](std::string_view name) { return find(name); };
    keep(field, policy::render_oauth_text(text, parameters_, secret), out);
  }
  // Whether the last text has a secret in it.
  bool used_secret() const noexcept { return used_secret_; }
  const Result<void>& result() const noexcept { return result_; }

 private:
  std::optional<std::string> find(std::string_view name) {
    used_secret_ = true;
    const auto found = parameters_.find(name);
    if (found == parameters_.end() || !found->second.secret) return std::nullopt;
    return found->second.text;
  }
  void keep(std::string_view field, Result<std::string> rendered, std::string& out) {
    if (rendered) {
      out = *std::move(rendered);
    } else if (result_) {
      result_ = Error{ErrorCode::kInvalidArgument, fmt::format("oauth.{}.{}: {}", declared_.name,
                                                               field, rendered.error().message)};
    }
  }

  const policy::OAuthDeclaration& declared_;
  const policy::ParameterValues& parameters_;
  bool used_secret_ = false;
  Result<void> result_;
};

}  // namespace

OAuthProvider::~OAuthProvider() {
  wipe_text(client_secret);
  for (auto& field : extra) wipe_text(field.second);
}

Result<std::shared_ptr<const OAuthProvider>> render_provider(
    const policy::OAuthDeclaration& declared, const policy::ParameterValues& parameters) {
  auto out = std::make_shared<OAuthProvider>();
  out->name = declared.name;
  out->client_credentials = declared.client_credentials;
  out->user_scope = declared.user_scope;
  out->client_in_body = declared.client_in_body;
  out->scopes = declared.scopes;
  Rendering rendering(declared, parameters);
  rendering.url("authorize_url", declared.authorize_url, out->authorize_url);
  rendering.url("token_url", declared.token_url, out->token_url);
  rendering.url("revoke_url", declared.revoke_url, out->revoke_url);
  rendering.text("client_id", declared.client_id, out->client_id);
  rendering.text("client_secret", declared.client_secret, out->client_secret);
  rendering.text("audience", declared.audience, out->audience);
  for (const policy::NamedText& extra : declared.extra) {
    std::string value;
    rendering.text("extra", extra.value, value);
    if (!rendering.used_secret()) out->open_extra.emplace_back(extra.name, value);
    out->extra.emplace_back(extra.name, std::move(value));
  }
  if (!rendering.result()) return rendering.result().error();
  base::Sha256 hash;
  hash.update_sized(out->token_url).update_sized(out->client_id);
  out->binding = base::to_hex(hash.finish());
  return std::shared_ptr<const OAuthProvider>(std::move(out));
}

}  // namespace sublet::proxy

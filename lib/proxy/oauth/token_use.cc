// SPDX-License-Identifier: Apache-2.0
#include "proxy/oauth/token_use.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/names.h"

namespace sublet::proxy {

const policy::OAuthDeclaration* find_provider(const OAuthClient& client,
                                              std::string_view name) noexcept {
  const auto found = std::find_if(client.providers.begin(), client.providers.end(),
                                  [&](const auto& one) { return one.name == name; });
  return found == client.providers.end() ? nullptr : &*found;
}

Result<TokenPlace> place_of(const OAuthClient& client, const AuthorizationOf& of) {
  if (of.tenant != client.tenant || of.extension != client.extension) {
    return Error{ErrorCode::kInvalidArgument, "tenant and extension are another one's"};
  }
  const policy::OAuthDeclaration* declared = find_provider(client, of.provider);
  if (declared == nullptr) {
    return Error{ErrorCode::kNotFound,
                 fmt::format("{} declares no OAuth provider {}", client.extension,
                             policy::in_quotes(of.provider))};
  }
  if (declared->user_scope == of.user.empty()) {
    return Error{
        ErrorCode::kInvalidArgument,
        fmt::format("user must be {}: scope_of of {} is {}",
                    declared->user_scope ? "given" : "empty", policy::in_quotes(of.provider),
                    declared->user_scope ? "\"user\"" : "\"account\"")};
  }
  return token_place(of.tenant, of.extension, of.provider, of.user);
}

Result<TokenUse> use_of(const std::shared_ptr<const OAuthClient>& client,
                        const AuthorizationOf& of) {
  auto place = place_of(*client, of);
  if (!place) return place.error();
  auto provider = render_provider(*find_provider(*client, of.provider), *client->parameters);
  if (!provider) return Error{ErrorCode::kFailedPrecondition, provider.error().message};
  return TokenUse{client, *provider, *place};
}

}  // namespace sublet::proxy

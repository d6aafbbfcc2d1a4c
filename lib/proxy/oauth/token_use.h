// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "proxy/oauth/oauth.h"
#include "proxy/oauth/token_table.h"

namespace sublet::proxy {

const policy::OAuthDeclaration* find_provider(const OAuthClient& client,
                                              std::string_view name) noexcept;

// Whose grant the host means. kInvalidArgument: it is another extension's, or there is a user where
// the provider's scope_of has none, or none where it has; kNotFound: no such provider.
Result<TokenPlace> place_of(const OAuthClient& client, const AuthorizationOf& of);
// And with what it is got. kFailedPrecondition: a parameter of the provider has no value.
Result<TokenUse> use_of(const std::shared_ptr<const OAuthClient>& client,
                        const AuthorizationOf& of);

}  // namespace sublet::proxy

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "proxy/oauth/oauth.h"
#include "proxy/oauth/once.h"
#include "proxy/oauth/token_table.h"

// The authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636).
namespace sublet::proxy {

void begin_authorization(const TokenTable& table, const OAuthClient& client,
                         const AuthorizationOf& of, const std::string& redirect_uri,
                         Once<AuthorizationStart>::Ptr done);
void complete_authorization(const std::shared_ptr<TokenTable>& table,
                            const AuthorizationCallback& callback, const FindOAuthClient& find,
                            Once<AuthorizationOf>::Ptr done);

}  // namespace sublet::proxy

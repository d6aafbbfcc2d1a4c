// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "proxy/oauth/oauth.h"
#include "proxy/oauth/once.h"
#include "proxy/oauth/token_table.h"

// How grants end (RFC 7009), and how they stand.
namespace sublet::proxy {

void revoke_grant(const std::shared_ptr<TokenTable>& table, const OAuthClient& client,
                  const AuthorizationOf& of, Once<void>::Ptr done);
void read_status(const std::shared_ptr<TokenTable>& table, const OAuthClient& client,
                 const AuthorizationOf& of, Once<AuthorizationStatus>::Ptr done);
// Removes all entries of an extension.
void forget_extension(const std::shared_ptr<TokenTable>& table, const std::string& tenant,
                      const std::string& extension, Once<void>::Ptr done);

}  // namespace sublet::proxy

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "proxy/oauth/form_text.h"
#include "proxy/oauth/provider.h"
#include "proxy/request_plan.h"
#include "sublet/result.h"

// Requests to a provider's token endpoint (RFC 6749 section 3.2) and to that for revocation (RFC
// 7009), with the client's authentication as the provider wants it.
namespace sublet::proxy {

// The fields of each grant; the provider's audience, and its extra parameters where they are none
// of OAuth's own, come on top.
FormFields code_grant(const std::string& code, const std::string& verifier,
                      const std::string& redirect_uri);
FormFields refresh_grant(const std::string& refresh_token);
FormFields client_grant(const OAuthProvider& provider);

RequestCall token_call(const OAuthProvider& provider, FormFields grant);
RequestCall revocation_call(const OAuthProvider& provider, const std::string& token,
                            const std::string& hint);

// Where a browser is sent (sections 4.1.1 and, for PKCE, RFC 7636 section 4.3).
std::string authorize_url(const OAuthProvider& provider, const std::string& state,
                          const std::string& verifier, const std::string& redirect_uri);

}  // namespace sublet::proxy

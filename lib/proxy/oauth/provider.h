// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "policy/request/declaration.h"
#include "policy/request/parameters.h"
#include "proxy/oauth/form_text.h"
#include "sublet/result.h"

namespace sublet::proxy {

// A provider as one installed extension uses it: its texts with the parameters in them. Immutable;
// the secrets are wiped when it ends.
struct OAuthProvider {
  std::string name;
  bool client_credentials = false;
  bool user_scope = false;
  bool client_in_body = false;
  std::string authorize_url;
  std::string token_url;
  std::string revoke_url;
  std::string client_id;
  std::string client_secret;
  std::string audience;
  std::vector<std::string> scopes;
  FormFields extra;       // for token requests
  FormFields open_extra;  // those with no secret in them, for the authorize URL
  // Of the client and the token URL (see TokenRecord).
  std::string binding;

  OAuthProvider() = default;
  ~OAuthProvider();
  OAuthProvider(const OAuthProvider&) = delete;
  OAuthProvider& operator=(const OAuthProvider&) = delete;
};

// kInvalidArgument: a parameter is missing, or a URL became none. The message shows no value.
Result<std::shared_ptr<const OAuthProvider>> render_provider(
    const policy::OAuthDeclaration& declared, const policy::ParameterValues& parameters);

}  // namespace sublet::proxy

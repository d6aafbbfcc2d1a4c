// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "policy/request/declaration.h"
#include "policy/request/parameters.h"
#include "sublet/result.h"

// The texts of an OAuth provider: literals, <%= param.x %> and, in client_id, client_secret and
// extra, <%= secret.x %>. In a URL a parameter of type "domain" may be in the host; what else is
// substituted is percent-encoded and stays one segment or value.
namespace sublet::policy {

// An error names file, line and field.
Result<void> check_oauth(const OAuthDeclaration& provider,
                         std::span<const ParameterDeclaration> parameters);

using SecretLookup = std::function<std::optional<std::string>(std::string_view name)>;

// Of a provider that passed check_oauth(). An empty text stays empty. Errors: a value is missing,
// or the URL became none. Messages show no value.
Result<std::string> render_oauth_text(const LocatedText& text, const ParameterValues& parameters,
                                      const SecretLookup& secret);
// The egress policy has its say about the URL, as about any other.
Result<std::string> render_oauth_url(const LocatedText& text, const ParameterValues& parameters);

}  // namespace sublet::policy

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hostcall/request/arguments.h"
#include "hostcall/request/extension_requests.h"
#include "proxy/request_plan.h"

// From what tenant code gave to the request as it leaves.
namespace sublet::hostcall {

// Of a template; `compiled` is one of requests.templates.
proxy::Planned plan_template(const ExtensionRequests& requests,
                             const policy::CompiledRequest& compiled,
                             const TemplateArguments& arguments,
                             std::optional<std::string_view> access_token);

// Of a fetch, whose placeholders were found by find_placeholders().
proxy::Planned plan_fetch(const ExtensionRequests& requests, const FetchArguments& arguments,
                          std::optional<std::string_view> access_token);

// Whose access token the placeholders in a fetch's headers stand for.
struct TokenWanted {
  std::string provider;  // empty: there is none
  std::string user;
};
Result<TokenWanted> find_token(const FetchArguments& arguments);

}  // namespace sublet::hostcall

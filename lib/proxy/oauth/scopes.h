// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sublet::proxy {

// RFC 6749 section 3.3 has spaces between scopes; GitHub and Slack answer with commas.
std::vector<std::string> split_scopes(std::string_view text);
std::string join_scopes(std::span<const std::string> scopes);

}  // namespace sublet::proxy

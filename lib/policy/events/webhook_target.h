// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sublet::policy {

// 192 random bits in base64url.
inline constexpr std::size_t kWebhookAddressBytes = 32;
inline constexpr std::size_t kMostQueryFields = 128;

// What follows the last '/' of the path of a request's target or of a whole URL; empty where that
// cannot be an address.
std::string_view webhook_address(std::string_view target) noexcept;

// What follows its '?', as name and value, decoded as of a form: of a name that is there twice the
// first, and the first kMostQueryFields at most. Bytes that are no UTF-8 stay as they are.
std::vector<std::pair<std::string, std::string>> webhook_query(std::string_view target);

}  // namespace sublet::policy

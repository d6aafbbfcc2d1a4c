// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/http_cache/request_key.h"
#include "policy/http_fields.h"

namespace sublet::policy {

// RFC 9110 section 9.2.1. Methods are case-sensitive, and an unknown one is not safe.
bool is_safe_method(std::string_view method) noexcept;

// A reference as an absolute, normalised URL without fragment; nothing where it is none, or is of
// another origin than the request.
using ResolveInOrigin = std::function<std::optional<std::string>(std::string_view reference)>;

// The URLs of which nothing stored may be used any more after this response (RFC 9111 section 4.4):
// after one that is no error to a request that is not safe, the request's own, and what Location
// and Content-Location name within its origin. Those elsewhere it must not touch.
std::vector<std::string> invalidated_urls(const CacheRequest& request, std::uint16_t status,
                                          const HttpFields& response,
                                          const ResolveInOrigin& resolve);

}  // namespace sublet::policy

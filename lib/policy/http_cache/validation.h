// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "policy/http_cache/cache_options.h"
#include "policy/http_cache/stored_response.h"
#include "policy/http_fields.h"

namespace sublet::policy {

// What a request adds to ask whether a stored response still holds (RFC 9111 section 4.3.1):
// If-None-Match and If-Modified-Since. Empty where there is nothing to ask by.
HttpFields conditional_fields(const StoredResponse& stored);

// The stored response with what a 304 says of it (RFC 9111 sections 3.2 and 4.3.4), fresh again as
// far as that goes. Nothing where the 304 speaks of another response: ask again without conditions.
std::optional<CacheableResponse> refreshed(const StoredResponse& stored,
                                           const CacheableResponse& not_modified);

}  // namespace sublet::policy

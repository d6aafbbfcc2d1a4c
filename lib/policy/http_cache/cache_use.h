// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "policy/http_cache/cache_control.h"
#include "policy/http_cache/cache_options.h"
#include "policy/http_cache/stored_response.h"

namespace sublet::policy {

enum class CacheUse : std::uint8_t {
  kMiss,                  // ask
  kFresh,                 // answer with it
  kStale,                 // answer with it: the request takes a stale one (max-stale)
  kStaleWhileRevalidate,  // answer with it, and validate it meanwhile
  kValidate,              // ask whether it still holds, by conditional_fields() if there are any
  kGatewayTimeout,        // only-if-cached, and there is none that may be used: 504
};

// The stable lower-case name, for the invocation's record: "stale_while_revalidate".
std::string_view to_string(CacheUse use) noexcept;

// What becomes of a request with these directives, given the stored response that matches it, or
// none (RFC 9111 sections 4 and 5.2.1, RFC 5861 section 3). What is answered with a stored response
// without asking carries Age: its age(now), in whole seconds.
CacheUse choose_use(const CacheControl& request, const StoredResponse* stored, base::TimePoint now);

// Whether a stored response may stand in where validation failed: no response came, or one with a
// status of an error (RFC 5861 section 4: 500, 502, 503 and 504; RFC 9111 section 4.2.4).
bool may_use_on_error(const CacheControl& request, const StoredResponse& stored,
                      std::optional<std::uint16_t> status, base::TimePoint now,
                      const CacheOptions& options);

}  // namespace sublet::policy

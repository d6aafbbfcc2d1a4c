// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "policy/http_cache/stored_response.h"

namespace sublet::policy::cache_test {

// Sun, 06 Nov 1994 08:49:37 GMT, and the moment that all responses are asked for and come.
inline constexpr const char* kNowText = "Sun, 06 Nov 1994 08:49:37 GMT";
inline constexpr WallTime kWall{std::chrono::seconds{784111777}};
inline constexpr base::TimePoint kNow{std::chrono::hours(1)};

inline CacheableResponse response_with(HttpFields fields, std::uint16_t status = 200) {
  return {status, std::move(fields), std::make_shared<const std::string>("body"),
          ResponseTimes{kNow, kNow, kWall}};
}

// The answer to a GET of /x with these fields, as the cache keeps it.
inline StoredResponse stored_with(HttpFields fields, const HttpFields& request = {},
                                  const CacheOptions& options = {}) {
  return make_stored({"GET", "https://a.example/x", request, {}}, response_with(std::move(fields)),
                     options);
}

}  // namespace sublet::policy::cache_test

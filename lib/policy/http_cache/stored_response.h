// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/sha256.h"
#include "policy/http_cache/cache_control.h"
#include "policy/http_cache/cache_options.h"
#include "policy/http_cache/freshness.h"
#include "policy/http_cache/request_key.h"
#include "policy/http_fields.h"

namespace sublet::policy {

// A response as it came, its content decoded and whole.
struct CacheableResponse {
  std::uint16_t status = 0;
  HttpFields fields;
  std::shared_ptr<const std::string> body;
  ResponseTimes times;
};

// A response in the cache, with what decides on its use worked out.
struct StoredResponse {
  std::uint16_t status = 0;
  HttpFields fields;  // without those of the connection (RFC 9111 section 3.1)
  std::shared_ptr<const std::string> body;

  CacheControl control;
  std::chrono::seconds lifetime{0};
  base::Nanoseconds initial_age{0};
  base::TimePoint received{};
  std::vector<std::string> vary;
  base::Sha256Digest vary_key{};
  base::Sha256Digest credentials{};

  // RFC 9111 section 4.2.3: current_age.
  base::Nanoseconds age(base::TimePoint now) const noexcept;
  // Whether a request like this one may be answered with it, its freshness aside.
  bool matches(const CacheRequest& request, const base::Sha256Digest& credentials_of_request) const;
  // The memory it takes, the body included.
  std::size_t bytes() const noexcept;
};

// Why a response is not stored.
enum class NotStored : std::uint8_t {
  kNone,           // it may be
  kRequest,        // its method, or it asks for a part, sets conditions or says no-store
  kStatus,         // not final, a part, or not understood where that is a must
  kNoStore,        // RFC 9111 section 5.2.2.5
  kAuthorization,  // section 3.5
  kVary,           // `*`: it would never be found
  kNotCacheable,   // nothing in it allows it (section 3)
  kUseless,        // stale from the start, and nothing to validate it by
};

// The stable lower-case name, for the invocation's record: "no_store".
std::string_view to_string(NotStored reason) noexcept;

// Whether a request can be answered from the cache, and its answer stored: a GET of the whole,
// without a body, that sets no conditions of its own. Others go past the cache.
bool is_cache_request(const CacheRequest& request);

// RFC 9111 section 3, for a private cache.
NotStored check_storable(const CacheRequest& request, const CacheableResponse& response,
                         const CacheOptions& options);

// The response as the cache keeps it.
StoredResponse make_stored(const CacheRequest& request, CacheableResponse response,
                           const CacheOptions& options);

}  // namespace sublet::policy

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "policy/http_fields.h"

namespace sublet::policy {

// The Cache-Control directives (RFC 9111 section 5.2, RFC 5861) that mean something to a private
// cache, of a request or a response. Others are ignored. Where a directive comes twice, or has an
// argument that it cannot have, the reading that reuses less holds (sections 4.2.1 and 5.2).
struct CacheControl {
  bool no_store = false;
  bool no_cache = false;  // with or without field names
  bool must_revalidate = false;
  bool must_understand = false;
  bool is_public = false;
  bool is_private = false;
  bool has_s_maxage = false;
  bool only_if_cached = false;
  std::optional<std::chrono::seconds> max_age;
  std::optional<std::chrono::seconds> max_stale;  // without a number: kMostDeltaSeconds
  std::optional<std::chrono::seconds> min_fresh;
  std::optional<std::chrono::seconds> stale_while_revalidate;
  std::optional<std::chrono::seconds> stale_if_error;

  friend bool operator==(const CacheControl&, const CacheControl&) = default;
};

// Of a request: `Pragma: no-cache` counts where there is no Cache-Control (RFC 9111 section 5.4).
CacheControl request_cache_control(const HttpFields& fields);
CacheControl response_cache_control(const HttpFields& fields);

}  // namespace sublet::policy

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string_view>

#include "sublet/result.h"

namespace sublet::policy {

// What the host decides where RFC 9111 leaves it open.
struct CacheOptions {
  // The most that a response without an expiry of its own is fresh, a tenth of its age since
  // Last-Modified otherwise (RFC 9111 section 4.2.2); 0: never. 0 s to 24 h.
  std::chrono::seconds heuristic_most{300};
  // A response to a request with Authorization is stored only where it allows that by public,
  // private, must-revalidate or s-maxage: RFC 9111 section 3.5, asked of shared caches, with
  // private added since this one is. Responses are kept apart by credentials in any case.
  bool authorized_needs_permission = true;
  // How long beyond its freshness a response may stand in for one that could not be had, where
  // neither side says (RFC 5861 section 4); 0: not at all. 0 s to 7 d.
  std::chrono::seconds stale_if_error{0};
};

Result<void> validate(const CacheOptions& options, std::string_view prefix);

}  // namespace sublet::policy

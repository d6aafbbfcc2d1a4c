// SPDX-License-Identifier: Apache-2.0
#include "policy/http_cache/cache_options.h"

#include "policy/field_checker.h"

namespace sublet::policy {

Result<void> validate(const CacheOptions& options, std::string_view prefix) {
  using namespace std::chrono_literals;
  return FieldChecker(prefix)
      .between<std::chrono::milliseconds>("heuristic_most", options.heuristic_most, 0s, 24h)
      .between<std::chrono::milliseconds>("stale_if_error", options.stale_if_error, 0s, 7 * 24h)
      .result();
}

}  // namespace sublet::policy

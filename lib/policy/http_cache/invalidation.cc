// SPDX-License-Identifier: Apache-2.0
#include "policy/http_cache/invalidation.h"

namespace sublet::policy {

bool is_safe_method(std::string_view method) noexcept {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
}

std::vector<std::string> invalidated_urls(const CacheRequest& request, std::uint16_t status,
                                          const HttpFields& response,
                                          const ResolveInOrigin& resolve) {
  if (is_safe_method(request.method) || status < 200 || status >= 400) return {};
  std::vector<std::string> urls{std::string(request.url)};
  for (const std::string_view name : {"Location", "Content-Location"}) {
    for (const std::string_view reference : values_of(response, name)) {
      if (std::optional<std::string> url = resolve(reference); url && *url != request.url) {
        urls.push_back(std::move(*url));
      }
    }
  }
  return urls;
}

}  // namespace sublet::policy

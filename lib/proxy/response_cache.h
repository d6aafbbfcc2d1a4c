// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/mutex.h"
#include "policy/http_cache/request_key.h"
#include "policy/http_cache/store.h"
#include "proxy/request_access.h"

namespace sublet::proxy {

// Extensions of a tenant do not see each other's responses. No id has a zero byte.
std::string cache_scope_of(const RequestAccess& access);

// The responses that are kept, scrubbed: what is found here is what tenant code may see.
//
// Ownership: owns its responses, shared with who reads them. Thread safety: thread-safe.
class ResponseCache {
 public:
  using Response = policy::HttpCacheStore::Response;

  explicit ResponseCache(const policy::CacheStoreOptions& options) : store_(options) {}

  Response find(const std::string& scope, const policy::CacheRequest& request);
  bool put(const std::string& scope, const policy::CacheRequest& request, Response response);
  void invalidate(const std::string& scope, std::string_view url);
  void forget(std::string_view tenant);

  // Whether this one may validate a response in the background: one at a time for a URL, and no
  // more than kMostRevalidations. True: end_revalidation() is due.
  bool begin_revalidation(const std::string& scope, std::string_view url);
  void end_revalidation(const std::string& scope, std::string_view url) noexcept;

  std::size_t bytes();

 private:
  static constexpr std::size_t kMostRevalidations = 256;

  base::Mutex mutex_;
  policy::HttpCacheStore store_ SUBLET_GUARDED_BY(mutex_);
  std::unordered_set<std::string> revalidated_ SUBLET_GUARDED_BY(mutex_);
};

}  // namespace sublet::proxy

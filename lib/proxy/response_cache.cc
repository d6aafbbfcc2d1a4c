// SPDX-License-Identifier: Apache-2.0
#include "proxy/response_cache.h"

#include <utility>

namespace sublet::proxy {
namespace {

std::string key_of(const std::string& scope, std::string_view url) {
  return base::to_hex(base::Sha256().update_sized(scope).update_sized(url).finish());
}

}  // namespace

std::string cache_scope_of(const RequestAccess& access) {
  std::string scope = access.tenant;
  scope.push_back('\0');
  return scope.append(access.extension);
}

ResponseCache::Response ResponseCache::find(const std::string& scope,
                                            const policy::CacheRequest& request) {
  base::MutexLock lock(mutex_);
  return store_.find(scope, request);
}

bool ResponseCache::put(const std::string& scope, const policy::CacheRequest& request,
                        Response response) {
  base::MutexLock lock(mutex_);
  return store_.put(scope, request, std::move(response));
}

void ResponseCache::invalidate(const std::string& scope, std::string_view url) {
  base::MutexLock lock(mutex_);
  store_.invalidate(scope, url);
}

void ResponseCache::forget(std::string_view tenant) {
  std::string beginning(tenant);
  beginning.push_back('\0');
  base::MutexLock lock(mutex_);
  store_.erase_tenants(beginning);
}

bool ResponseCache::begin_revalidation(const std::string& scope, std::string_view url) {
  std::string key = key_of(scope, url);
  base::MutexLock lock(mutex_);
  return revalidated_.size() < kMostRevalidations && revalidated_.insert(std::move(key)).second;
}

void ResponseCache::end_revalidation(const std::string& scope, std::string_view url) noexcept {
  try {
    const std::string key = key_of(scope, url);
    base::MutexLock lock(mutex_);
    revalidated_.erase(key);
  } catch (...) {
    // Without memory for the key: this URL is not validated in the background any more.
  }
}

std::size_t ResponseCache::bytes() {
  base::MutexLock lock(mutex_);
  return store_.bytes();
}

}  // namespace sublet::proxy

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/sha256.h"
#include "policy/http_cache/request_key.h"
#include "policy/http_cache/stored_response.h"
#include "sublet/limits.h"
#include "sublet/result.h"

namespace sublet::policy {

struct CacheStoreOptions {
  Bytes total = Bytes::mebibytes(64);        // of all tenants together. 0: no cache. Up to 64 GiB
  Bytes per_tenant = Bytes::mebibytes(8);    // of one tenant. At most total
  Bytes per_response = Bytes::mebibytes(1);  // larger ones are not kept. At most per_tenant
  std::uint32_t variants = 8;                // of one URL, by Vary and credentials. 1 to 64
};

Result<void> validate(const CacheStoreOptions& options, std::string_view prefix);

// Responses in memory, each tenant's apart: there is no way from one tenant's request to another's
// response. The one used least recently goes first, of the tenant that stores where that one has
// more than its even share of the total, else of all.
//
// Ownership: shares its responses: one that is thrown away lives as long as somebody reads it.
// Thread safety: none; the caller's lock.
class HttpCacheStore {
 public:
  using Response = std::shared_ptr<const StoredResponse>;

  explicit HttpCacheStore(const CacheStoreOptions& options) : options_(options) {}
  HttpCacheStore(const HttpCacheStore&) = delete;
  HttpCacheStore& operator=(const HttpCacheStore&) = delete;

  // The newest one that matches; null where there is none.
  Response find(std::string_view tenant, const CacheRequest& request);
  // Keeps it in place of those that match the request; false where it is too large.
  bool put(std::string_view tenant, const CacheRequest& request, Response response);
  // Forgets what it has of a URL, whoever's credentials it was got with.
  void invalidate(std::string_view tenant, std::string_view url);
  void erase_tenant(std::string_view tenant);
  // Those whose names begin so: the parts of a tenant that the caller keeps apart.
  void erase_tenants(std::string_view beginning);

  std::size_t bytes() const noexcept { return bytes_; }
  std::size_t bytes_of(std::string_view tenant) const;
  std::size_t size() const noexcept { return used_.size(); }

 private:
  struct Tenant;
  struct Entry;
  using Order = std::list<Entry*>;  // the one used least recently first

  struct DigestHash {
    std::size_t operator()(const base::Sha256Digest& digest) const noexcept {
      std::size_t hash = 0;
      std::memcpy(&hash, digest.data(), sizeof(hash));
      return hash;
    }
  };
  struct TextHash {
    using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard's name
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  struct Entry {
    Response response;
    std::size_t bytes = 0;
    base::Sha256Digest resource{};
    Tenant* tenant = nullptr;
    Order::iterator in_store, in_tenant;
  };
  using Variants = std::vector<std::unique_ptr<Entry>>;  // the oldest first
  struct Tenant {
    std::string name;
    std::unordered_map<base::Sha256Digest, Variants, DigestHash> resources;
    Order used;
    std::size_t bytes = 0;
  };

  Tenant* tenant_of(std::string_view name);
  Tenant& tenant_made(std::string_view name);
  void remove_matching(Tenant& tenant, const base::Sha256Digest& resource,
                       const CacheRequest& request);
  void insert(Tenant& tenant, const base::Sha256Digest& resource, Response response,
              std::size_t bytes);
  void make_room(const Tenant& storing);
  void remove(Entry* entry);
  void forget_if_empty(Tenant* tenant);

  CacheStoreOptions options_;
  std::size_t bytes_ = 0;
  std::unordered_map<std::string, std::unique_ptr<Tenant>, TextHash, std::equal_to<>> tenants_;
  Order used_;
};

}  // namespace sublet::policy

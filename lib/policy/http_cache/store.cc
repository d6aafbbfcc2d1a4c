// SPDX-License-Identifier: Apache-2.0
#include "policy/http_cache/store.h"

#include <fmt/format.h>

#include <algorithm>

#include "policy/field_checker.h"

namespace sublet::policy {
namespace {

// What keeping a response costs besides the response: nodes of maps and lists, about.
constexpr std::size_t kOverhead = 512;

}  // namespace

Result<void> validate(const CacheStoreOptions& options, std::string_view prefix) {
  return FieldChecker(prefix)
      .between("total", options.total, Bytes{}, Bytes::mebibytes(std::uint64_t{64} * 1024))
      .between("per_tenant", options.per_tenant, Bytes{}, options.total)
      .between("per_response", options.per_response, Bytes{}, options.per_tenant)
      .between<std::uint32_t>("variants", options.variants, 1, 64)
      .result();
}

HttpCacheStore::Tenant* HttpCacheStore::tenant_of(std::string_view name) {
  const auto found = tenants_.find(name);
  return found == tenants_.end() ? nullptr : found->second.get();
}

HttpCacheStore::Tenant& HttpCacheStore::tenant_made(std::string_view name) {
  if (Tenant* const tenant = tenant_of(name)) return *tenant;
  auto tenant = std::make_unique<Tenant>();
  tenant->name = name;
  return *tenants_.emplace(std::string(name), std::move(tenant)).first->second;
}

std::size_t HttpCacheStore::bytes_of(std::string_view tenant) const {
  const auto found = tenants_.find(tenant);
  return found == tenants_.end() ? 0 : found->second->bytes;
}

HttpCacheStore::Response HttpCacheStore::find(std::string_view tenant_name,
                                              const CacheRequest& request) {
  Tenant* const tenant = tenant_of(tenant_name);
  if (tenant == nullptr) return nullptr;
  const auto in = tenant->resources.find(resource_key(request.url));
  if (in == tenant->resources.end()) return nullptr;
  const base::Sha256Digest credentials = credentials_key(request);
  const auto found = std::find_if(
      in->second.rbegin(), in->second.rend(),
      [&](const std::unique_ptr<Entry>& e) { return e->response->matches(request, credentials); });
  if (found == in->second.rend()) return nullptr;
  Entry& entry = **found;
  used_.splice(used_.end(), used_, entry.in_store);
  tenant->used.splice(tenant->used.end(), tenant->used, entry.in_tenant);
  return entry.response;
}

bool HttpCacheStore::put(std::string_view tenant_name, const CacheRequest& request,
                         Response response) {
  const base::Sha256Digest resource = resource_key(request.url);
  if (Tenant* const tenant = tenant_of(tenant_name)) remove_matching(*tenant, resource, request);
  const std::size_t bytes = response->bytes() + kOverhead;
  if (bytes > options_.per_response.count || bytes > options_.per_tenant.count ||
      bytes > options_.total.count) {
    return false;
  }
  Tenant& tenant = tenant_made(tenant_name);
  insert(tenant, resource, std::move(response), bytes);
  make_room(tenant);
  return true;
}

void HttpCacheStore::invalidate(std::string_view tenant_name, std::string_view url) {
  Tenant* const tenant = tenant_of(tenant_name);
  if (tenant == nullptr) return;
  const auto in = tenant->resources.find(resource_key(url));
  if (in == tenant->resources.end()) return;
  std::vector<Entry*> entries;
  for (const std::unique_ptr<Entry>& entry : in->second) entries.push_back(entry.get());
  for (Entry* entry : entries) remove(entry);
}

void HttpCacheStore::erase_tenant(std::string_view tenant_name) {
  const auto found = tenants_.find(tenant_name);
  if (found == tenants_.end()) return;
  for (const Entry* entry : found->second->used) used_.erase(entry->in_store);
  bytes_ -= found->second->bytes;
  tenants_.erase(found);
}

void HttpCacheStore::erase_tenants(std::string_view beginning) {
  std::vector<std::string> names;
  for (const auto& [name, tenant] : tenants_) {
    if (name.starts_with(beginning)) names.push_back(name);
  }
  for (const std::string& name : names) erase_tenant(name);
}

void HttpCacheStore::remove_matching(Tenant& tenant, const base::Sha256Digest& resource,
                                     const CacheRequest& request) {
  const auto in = tenant.resources.find(resource);
  if (in == tenant.resources.end()) return;
  const base::Sha256Digest credentials = credentials_key(request);
  std::vector<Entry*> replaced;
  for (const std::unique_ptr<Entry>& entry : in->second) {
    if (entry->response->matches(request, credentials)) replaced.push_back(entry.get());
  }
  // The tenant may be gone with the last of them.
  for (Entry* entry : replaced) remove(entry);
}

void HttpCacheStore::insert(Tenant& tenant, const base::Sha256Digest& resource, Response response,
                            std::size_t bytes) {
  Variants& variants = tenant.resources[resource];
  auto made = std::make_unique<Entry>();
  Entry* const entry = made.get();
  Order in_store{entry}, in_tenant{entry};
  variants.push_back(std::move(made));
  entry->response = std::move(response);
  entry->bytes = bytes;
  entry->resource = resource;
  entry->tenant = &tenant;
  entry->in_store = in_store.begin();
  entry->in_tenant = in_tenant.begin();
  used_.splice(used_.end(), in_store);
  tenant.used.splice(tenant.used.end(), in_tenant);
  tenant.bytes += bytes;
  bytes_ += bytes;
  if (variants.size() > options_.variants) remove(variants.front().get());
}

// What was stored last is the last in both orders and fits by itself: it is never what goes.
void HttpCacheStore::make_room(const Tenant& storing) {
  while (storing.bytes > options_.per_tenant.count) remove(storing.used.front());
  while (bytes_ > options_.total.count) {
    const std::size_t even_share = options_.total.count / tenants_.size();
    const bool its_own = storing.bytes > even_share && storing.used.size() > 1;
    remove(its_own ? storing.used.front() : used_.front());
  }
}

void HttpCacheStore::remove(Entry* entry) {
  Tenant* const tenant = entry->tenant;
  used_.erase(entry->in_store);
  tenant->used.erase(entry->in_tenant);
  tenant->bytes -= entry->bytes;
  bytes_ -= entry->bytes;
  const auto in = tenant->resources.find(entry->resource);
  std::erase_if(in->second, [entry](const std::unique_ptr<Entry>& e) { return e.get() == entry; });
  if (in->second.empty()) tenant->resources.erase(in);
  forget_if_empty(tenant);
}

void HttpCacheStore::forget_if_empty(Tenant* tenant) {
  if (tenant->resources.empty()) tenants_.erase(tenants_.find(tenant->name));
}

}  // namespace sublet::policy

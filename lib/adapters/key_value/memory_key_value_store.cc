// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/memory_key_value_store.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/key_value/guarded.h"
#include "adapters/key_value/memory_tenant.h"
#include "adapters/key_value/tell.h"
#include "base/mutex.h"

namespace sublet {
inline namespace v1 {
namespace {

using adapters::guarded;
using adapters::MemoryTenant;
using adapters::tell;

// The tenants of one lock, so that tenants do not wait for each other.
struct Shard {
  // Forgets a tenant that has nothing, and keeps its versions from being given again.
  void forget(std::map<std::string, MemoryTenant>::iterator tenant) SUBLET_REQUIRES(mutex) {
    version = std::max(version, tenant->second.version());
    tenants.erase(tenant);
  }
  // Null where the tenant has nothing.
  MemoryTenant* find(const std::string& tenant) SUBLET_REQUIRES(mutex) {
    const auto found = tenants.find(tenant);
    return found == tenants.end() ? nullptr : &found->second;
  }
  MemoryTenant* find_purged(const std::string& tenant, KeyValueTime now) SUBLET_REQUIRES(mutex) {
    MemoryTenant* found = find(tenant);
    if (found != nullptr) found->purge(now);
    return found;
  }

  base::Mutex mutex;
  std::map<std::string, MemoryTenant> tenants SUBLET_GUARDED_BY(mutex);
  // Of all tenants that were forgotten, the last one.
  std::uint64_t version SUBLET_GUARDED_BY(mutex) = 0;
};

}  // namespace

class MemoryKeyValueStore::Impl {
 public:
  explicit Impl(KeyValueClock clock) : clock_(std::move(clock)) {}

  Result<std::vector<std::optional<KeyValueEntry>>> get(KeyValueGet& request) {
    if (Result<void> valid = validate(request); !valid) return std::move(valid).error();
    const KeyValueTime now = adapters::now_of(clock_);
    std::vector<std::optional<KeyValueEntry>> entries(request.keys.size());
    Shard& shard = shard_of(request.tenant);
    base::MutexLock lock(shard.mutex);
    const MemoryTenant* tenant = shard.find(request.tenant);
    if (tenant == nullptr) return entries;
    for (std::size_t i = 0; i < entries.size(); ++i) entries[i] = tenant->get(request.keys[i], now);
    return entries;
  }

  Result<KeyValuePage> list(const KeyValueList& request) {
    if (Result<void> valid = validate(request); !valid) return std::move(valid).error();
    const KeyValueTime now = adapters::now_of(clock_);
    Shard& shard = shard_of(request.tenant);
    base::MutexLock lock(shard.mutex);
    const MemoryTenant* tenant = shard.find(request.tenant);
    return tenant == nullptr ? KeyValuePage{} : tenant->list(request, now);
  }

  Result<KeyValueCommitted> commit(KeyValueCommit& request) {
    if (Result<void> valid = validate(request); !valid) return std::move(valid).error();
    const KeyValueTime now = adapters::now_of(clock_);
    Shard& shard = shard_of(request.tenant);
    base::MutexLock lock(shard.mutex);
    MemoryTenant& tenant = shard.tenants.try_emplace(request.tenant, shard.version).first->second;
    tenant.purge(now);
    return tenant.commit(request, now);
  }

  Result<KeyValueUsage> usage(const std::string& name) {
    if (Result<void> valid = validate_key_value_name("tenant", name); !valid) {
      return std::move(valid).error();
    }
    const KeyValueTime now = adapters::now_of(clock_);
    Shard& shard = shard_of(name);
    base::MutexLock lock(shard.mutex);
    const MemoryTenant* tenant = shard.find_purged(name, now);
    return tenant == nullptr ? KeyValueUsage{} : tenant->usage();
  }

  Result<std::map<std::string, KeyValueUsage>> spaces(const std::string& name) {
    if (Result<void> valid = validate_key_value_name("tenant", name); !valid) {
      return std::move(valid).error();
    }
    const KeyValueTime now = adapters::now_of(clock_);
    Shard& shard = shard_of(name);
    base::MutexLock lock(shard.mutex);
    const MemoryTenant* tenant = shard.find_purged(name, now);
    return tenant == nullptr ? std::map<std::string, KeyValueUsage>{} : tenant->spaces();
  }

  Result<std::uint64_t> erase(const std::string& name, const std::optional<std::string>& space) {
    Result<void> valid = validate_key_value_name("tenant", name);
    if (valid && space.has_value()) valid = validate_key_value_name("space", *space);
    if (!valid) return std::move(valid).error();
    const KeyValueTime now = adapters::now_of(clock_);
    Shard& shard = shard_of(name);
    base::MutexLock lock(shard.mutex);
    const auto found = shard.tenants.find(name);
    if (found == shard.tenants.end()) return std::uint64_t{0};
    found->second.purge(now);
    const std::uint64_t before = found->second.usage().keys;
    if (space.has_value()) return found->second.erase_space(*space);
    shard.forget(found);
    return before;
  }

  Result<std::vector<std::string>> tenants(const std::string& after, std::uint32_t limit) {
    if (limit < 1 || limit > KeyValueStore::kMaxPage) {
      return Error{ErrorCode::kInvalidArgument, "limit is " + std::to_string(limit) +
                                                    "; it must be 1 to " +
                                                    std::to_string(KeyValueStore::kMaxPage)};
    }
    const KeyValueTime now = adapters::now_of(clock_);
    std::vector<std::string> names;
    for (Shard& shard : shards_) collect(shard, after, limit, now, names);
    std::sort(names.begin(), names.end());
    if (names.size() > limit) names.resize(limit);
    return names;
  }

 private:
  // Adds the first `limit` tenants of a shard.
  static void collect(Shard& shard, const std::string& after, std::uint32_t limit, KeyValueTime now,
                      std::vector<std::string>& names) {
    base::MutexLock lock(shard.mutex);
    std::uint32_t count = 0;
    for (auto at = shard.tenants.upper_bound(after); at != shard.tenants.end() && count < limit;) {
      const auto tenant = at++;
      tenant->second.purge(now);
      if (tenant->second.usage().keys == 0) {
        shard.forget(tenant);
        continue;
      }
      names.push_back(tenant->first);
      ++count;
    }
  }

  Shard& shard_of(const std::string& tenant) {
    return shards_[std::hash<std::string>{}(tenant) % shards_.size()];
  }

  const KeyValueClock clock_;
  std::array<Shard, 16> shards_;
};

MemoryKeyValueStore::MemoryKeyValueStore(KeyValueClock clock)
    : impl_(std::make_unique<Impl>(std::move(clock))) {}
MemoryKeyValueStore::~MemoryKeyValueStore() = default;

// The store may end inside any of the callbacks below: nothing is done after them.
void MemoryKeyValueStore::get(
    KeyValueGet request,
    KeyValueCallback<std::vector<std::optional<KeyValueEntry>>> done) noexcept {
  tell(done, guarded([&] { return impl_->get(request); }));
}

void MemoryKeyValueStore::list(KeyValueList request, KeyValueCallback<KeyValuePage> done) noexcept {
  tell(done, guarded([&] { return impl_->list(request); }));
}

void MemoryKeyValueStore::commit(KeyValueCommit request,
                                 KeyValueCallback<KeyValueCommitted> done) noexcept {
  tell(done, guarded([&] { return impl_->commit(request); }));
}

void MemoryKeyValueStore::usage(std::string tenant, KeyValueCallback<KeyValueUsage> done) noexcept {
  tell(done, guarded([&] { return impl_->usage(tenant); }));
}

void MemoryKeyValueStore::spaces(
    std::string tenant, KeyValueCallback<std::map<std::string, KeyValueUsage>> done) noexcept {
  tell(done, guarded([&] { return impl_->spaces(tenant); }));
}

void MemoryKeyValueStore::erase(std::string tenant, std::optional<std::string> space,
                                KeyValueCallback<std::uint64_t> done) noexcept {
  tell(done, guarded([&] { return impl_->erase(tenant, space); }));
}

void MemoryKeyValueStore::tenants(std::string after, std::uint32_t limit,
                                  KeyValueCallback<std::vector<std::string>> done) noexcept {
  tell(done, guarded([&] { return impl_->tenants(after, limit); }));
}

}  // namespace v1
}  // namespace sublet

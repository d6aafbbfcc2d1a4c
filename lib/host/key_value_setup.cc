// SPDX-License-Identifier: Apache-2.0
#include "host/key_value_setup.h"

#include <utility>

#include "runtime/tenant.h"
#include "sublet/adapters/sqlite_key_value_store.h"
#include "sublet/key_value_data.h"

namespace sublet::host {

Result<std::shared_ptr<KeyValueStore>> open_key_value_store(const HostOptions& options) {
  if (options.key_value_store != nullptr || options.state_directory.empty()) {
    return options.key_value_store;
  }
  SqliteKeyValueOptions embedded;
  embedded.path = options.state_directory / "key_value.db";
  auto store = SqliteKeyValueStore::open(std::move(embedded));
  if (!store) {
    return Error{store.error().code, "HostOptions::state_directory: " + store.error().message};
  }
  return std::shared_ptr<KeyValueStore>(std::move(store).value());
}

std::shared_ptr<const hostcall::KeyValueAccess> key_value_access(
    const std::shared_ptr<KeyValueStore>& store, const std::shared_ptr<ObserverGate>& observer,
    const TenantView& view, const Installed& installed, const Limits& limits) {
  if (store == nullptr) return nullptr;
  auto access = std::make_shared<hostcall::KeyValueAccess>();
  const std::string tenant = view.tenant->name;
  access->store = store;
  access->meter = view.tenant->kv_meter;
  access->tenant = tenant;
  access->own_space = own_space(installed.info.name);
  access->namespaces = installed.kv_namespaces;
  access->transactional = installed.kv_transactional;
  access->quota = view.policy->kv;
  access->limits = limits;
  access->on_quota = [observer, tenant](Limit limit, std::uint64_t used, std::uint64_t quota) {
    observer->tell([&](Observer& told) { told.quota_neared(tenant, limit, used, quota); });
  };
  access->on_fault = [observer](const std::string& what) {
    observer->tell([&](Observer& told) { told.internal_error("kv", what); });
  };
  return access;
}

}  // namespace sublet::host

// SPDX-License-Identifier: Apache-2.0
#include "host/extension_registry.h"

#include <utility>

namespace sublet::host {

ExtensionRegistry::View ExtensionRegistry::find(std::string_view tenant) const {
  const Shard& shard = shard_of(tenant);
  base::MutexLock lock(shard.mutex);
  const auto found = shard.views.find(tenant);
  return found == shard.views.end() ? nullptr : found->second;
}

std::vector<ExtensionRegistry::View> ExtensionRegistry::all() const {
  std::vector<View> views;
  for (const Shard& shard : shards_) {
    base::MutexLock lock(shard.mutex);
    for (const auto& [name, view] : shard.views) views.push_back(view);
  }
  return views;
}

ExtensionRegistry::View ExtensionRegistry::update(
    std::string_view tenant, const std::function<View(const View&)>& change) {
  Shard& shard = shard_of(tenant);
  base::MutexLock lock(shard.mutex);
  const auto found = shard.views.find(tenant);
  const View before = found == shard.views.end() ? nullptr : found->second;
  View after = change(before);
  if (after == nullptr) {
    if (found != shard.views.end()) shard.views.erase(found);
  } else if (found != shard.views.end()) {
    found->second = after;
  } else {
    shard.views.emplace(std::string(tenant), after);
  }
  return after;
}

}  // namespace sublet::host

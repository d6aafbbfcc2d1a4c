// SPDX-License-Identifier: Apache-2.0
#include "adapters/event_queue/memory_keys.h"

namespace sublet::adapters {

const std::string* MemoryKeys::find(const std::string& tenant, const std::string& key,
                                    EventTime now) {
  while (!ends_.empty() && ends_.begin()->first <= now) {
    keys_.erase(ends_.begin()->second);
    ends_.erase(ends_.begin());
  }
  const auto found = keys_.find({tenant, key});
  return found == keys_.end() ? nullptr : &found->second.event_id;
}

void MemoryKeys::add(std::string tenant, std::string key, std::string event_id, EventTime until) {
  Name name{std::move(tenant), std::move(key)};
  ends_.emplace(until, name);
  keys_.emplace(std::move(name), Key{std::move(event_id), until});
}

std::uint64_t MemoryKeys::erase(const std::string& tenant, std::uint64_t limit) {
  std::uint64_t count = 0;
  for (auto at = keys_.lower_bound({tenant, {}});
       at != keys_.end() && at->first.first == tenant && count < limit; ++count) {
    ends_.erase({at->second.until, at->first});
    at = keys_.erase(at);
  }
  return count;
}

}  // namespace sublet::adapters

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "sublet/adapters/event_queue.h"

namespace sublet::adapters {

// Idempotency keys in memory.
//
// Ownership: the queue owns it.
// Thread safety: none; the queue's lock is held.
class MemoryKeys {
 public:
  // The event that the tenant has enqueued with the key, or null.
  const std::string* find(const std::string& tenant, const std::string& key, EventTime now);
  void add(std::string tenant, std::string key, std::string event_id, EventTime until);
  std::uint64_t erase(const std::string& tenant, std::uint64_t limit);

 private:
  using Name = std::pair<std::string, std::string>;  // tenant and key
  struct Key {
    std::string event_id;
    EventTime until;
  };

  std::map<Name, Key> keys_;
  std::set<std::pair<EventTime, Name>> ends_;
};

}  // namespace sublet::adapters

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "sublet/adapters/event_queue.h"

namespace sublet::adapters {

// Records in memory.
//
// Ownership: the queue owns it.
// Thread safety: none; the queue's lock is held.
class MemoryRecords {
 public:
  // What the writes come to; nothing is done yet.
  EventEnqueued check(const std::vector<EventRecordWrite>& writes, EventTime now);
  // Does them, after check() has answered kEnqueued. Their versions; 0 of those removed.
  std::vector<std::uint64_t> apply(std::vector<EventRecordWrite>& writes, EventTime now);

  // After this tenant and name.
  std::vector<EventRecord> read(const std::string& kind, const std::optional<std::string>& tenant,
                                const std::pair<std::string, std::string>& after,
                                std::uint32_t limit, EventTime now) const;
  std::vector<EventRecord> due(const std::string& kind, std::uint32_t limit, EventTime now) const;
  // At most `limit`; how many they were.
  std::uint64_t erase(const std::string& tenant, std::uint64_t limit);

 private:
  using Name = std::tuple<std::string, std::string, std::string>;  // kind, tenant, name
  using Rows = std::map<Name, EventRecord>;
  // Kind, when, tenant, name.
  using Due = std::tuple<std::string, EventTime, std::string, std::string>;

  const EventRecord* alive(const Name& name, EventTime now) const;
  std::uint64_t count(const std::string& kind, const std::string& tenant) const;
  void purge(EventTime now);
  void remove(Rows::iterator row);

  Rows rows_;
  std::set<Due> due_;
  std::set<std::pair<EventTime, Name>> expiring_;
  std::uint64_t version_ = 0;
};

}  // namespace sublet::adapters

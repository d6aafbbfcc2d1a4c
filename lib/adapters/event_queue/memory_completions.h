// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "sublet/adapters/event_queue.h"

namespace sublet::adapters {

// Completions in memory; a cursor is the number of the last one.
//
// Ownership: the queue owns it.
// Thread safety: none; the queue's lock is held.
class MemoryCompletions {
 public:
  void add(std::string tenant, std::string content, EventTime now);
  Result<EventCompletionPage> page(const std::string& after, std::uint32_t limit) const;
  std::uint64_t forget(EventTime before, std::uint32_t limit);
  std::uint64_t erase(const std::string& tenant, std::uint64_t limit);

 private:
  template <typename Which>
  std::uint64_t remove(std::uint64_t limit, Which&& which);

  std::map<std::uint64_t, EventCompletion> by_number_;
  std::uint64_t last_ = 0;
};

}  // namespace sublet::adapters

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "base/mutex.h"
#include "policy/resilience/keyed_table.h"

namespace sublet::events {

// How many events each event has led to, all in all and lately: EventPolicy::max_caused.
//
// Thread safety: thread-safe.
class CausedEvents {
 public:
  // One more that `root` led to; false: it led to `most` already.
  bool take(std::string_view tenant, std::string_view root, std::uint32_t most,
            base::TimePoint now) {
    base::MutexLock lock(mutex_);
    // What was used least recently makes room, whatever it has led to.
    Count* own = counts_.find_or_add(tenant, root, [](const Count&) { return true; });
    if (own == nullptr) return true;
    if (now - own->at > kKept) own->caused = 0;
    own->at = now;
    if (own->caused >= most) return false;
    ++own->caused;
    return true;
  }

 private:
  struct Count {
    std::uint32_t caused = 0;
    base::TimePoint at{};
  };

  // Since the last one.
  static constexpr base::Nanoseconds kKept = std::chrono::hours(1);
  // About 300 bytes each.
  static constexpr std::size_t kMost = 65'536;
  static constexpr std::size_t kMostOfTenant = 8'192;

  base::Mutex mutex_;
  policy::KeyedTable<Count> counts_ SUBLET_GUARDED_BY(mutex_){kMost, kMostOfTenant};
};

}  // namespace sublet::events

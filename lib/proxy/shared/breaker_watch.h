// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/timer_service.h"
#include "policy/resilience/keyed_table.h"
#include "proxy/shared/shared_store.h"

namespace sublet::proxy {

// Knows from memory which breakers are open in other processes. What was asked for lately is read
// anew twice a second; while nobody asks, nothing is read.
//
// Ownership: shared, since answers come late.
// Thread safety: thread-safe; calls the store under no lock.
class BreakerWatch : public std::enable_shared_from_this<BreakerWatch> {
 public:
  explicit BreakerWatch(SharedStore shared);

  std::optional<base::Nanoseconds> open_elsewhere(const std::string& key);
  // Reads no more.
  void stop();

 private:
  using Entries = Result<std::vector<std::optional<KeyValueEntry>>>;
  struct Watched {
    base::TimePoint asked_at{};
    base::TimePoint open_until{};  // by this process's clock
  };
  // Of the store's answer and the timer, the first one counts.
  struct Read {
    std::vector<std::string> keys;
    bool over = false;
    base::TimerService::TimerId timer = 0;
  };

  void wake(base::Nanoseconds delay) SUBLET_REQUIRES(mutex_);
  void tick();
  void send(const std::shared_ptr<Read>& read);
  void learn(Read& read, const Entries& entries);
  base::TimePoint open_until(const std::optional<KeyValueEntry>& entry) const;

  const SharedStore shared_;
  base::Mutex mutex_;
  policy::KeyedTable<Watched> watched_ SUBLET_GUARDED_BY(mutex_);
  base::TimerService::TimerId timer_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::size_t reads_ SUBLET_GUARDED_BY(mutex_) = 0;  // under way
  bool stopped_ SUBLET_GUARDED_BY(mutex_) = false;
};

}  // namespace sublet::proxy

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::adapters::sqlite::events {

// Who is told of queues that have something new. Thread-safe.
class Watcher {
 public:
  void set(EventWatch watch) {
    auto kept = watch ? std::make_shared<const EventWatch>(std::move(watch)) : nullptr;
    const base::MutexLock lock(mutex_);
    watch_.swap(kept);
  }

  // Under no lock.
  void tell(std::vector<EventQueueName> queues) {
    if (queues.empty()) return;
    const std::shared_ptr<const EventWatch> watch = current();
    if (watch != nullptr) (*watch)(std::move(queues));
  }

 private:
  std::shared_ptr<const EventWatch> current() {
    const base::MutexLock lock(mutex_);
    return watch_;
  }

  base::Mutex mutex_;
  std::shared_ptr<const EventWatch> watch_ SUBLET_GUARDED_BY(mutex_);
};

}  // namespace sublet::adapters::sqlite::events

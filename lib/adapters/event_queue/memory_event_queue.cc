// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/memory_event_queue.h"

#include <utility>

#include "adapters/event_queue/checks.h"
#include "adapters/event_queue/memory_state.h"
#include "adapters/event_queue/places.h"
#include "adapters/key_value/guarded.h"
#include "adapters/key_value/tell.h"
#include "base/mutex.h"

namespace sublet {
inline namespace v1 {
namespace {

using adapters::guarded;
using adapters::MemoryState;
using adapters::tell;
using Queues = MemoryState::Queues;
using Watcher = std::shared_ptr<const EventWatch>;

using MakeCompletion = std::function<std::string(const EventDelivery&)>;

}  // namespace

class MemoryEventQueue::Impl {
 public:
  explicit Impl(EventClock clock) : clock_(std::move(clock)) {}

  Result<std::vector<EventEnqueued>> enqueue(std::vector<EventEnqueue>& units) {
    if (Result<void> valid = validate(units); !valid) return std::move(valid).error();
    std::vector<EventEnqueued> answers;
    put([&](MemoryState& state, EventTime now, Queues& changed) {
      for (EventEnqueue& unit : units) answers.push_back(state.enqueue(unit, now, changed));
    });
    return answers;
  }

  Result<std::vector<EventDelivery>> claim(const EventClaim& request) {
    if (Result<void> valid = validate(request); !valid) return std::move(valid).error();
    const EventTime now = this->now();
    const base::MutexLock lock(mutex_);
    return state_.deliveries.claim(request, now);
  }

  Result<std::vector<bool>> extend(const std::vector<EventLease>& leases,
                                   std::chrono::milliseconds lease) {
    if (Result<void> valid = adapters::check_event_leases(leases, lease); !valid) {
      return std::move(valid).error();
    }
    const EventTime until = now() + lease;
    std::vector<bool> held;
    const base::MutexLock lock(mutex_);
    for (const EventLease& one : leases) held.push_back(state_.deliveries.extend(one, until));
    return held;
  }

  Result<std::vector<bool>> settle(std::vector<EventSettlement>& settlements) {
    if (Result<void> valid = validate(settlements); !valid) return std::move(valid).error();
    std::vector<bool> held;
    put([&](MemoryState& state, EventTime now, Queues& changed) {
      for (EventSettlement& one : settlements) held.push_back(state.settle(one, now, changed));
    });
    return held;
  }

  Result<EventReadyPage> ready(const std::string& after, std::uint32_t limit) {
    if (Result<void> valid = adapters::check_event_limit(limit); !valid) {
      return std::move(valid).error();
    }
    Result<EventQueueName> place =
        after.empty() ? Result<EventQueueName>(EventQueueName{}) : adapters::queue_at(after);
    if (!place) return std::move(place).error();
    const EventTime now = this->now();
    const base::MutexLock lock(mutex_);
    return state_.deliveries.ready(*place, limit, now);
  }

  void watch(EventWatch changed) {
    Watcher watcher;
    if (changed) watcher = std::make_shared<const EventWatch>(std::move(changed));
    const base::MutexLock lock(mutex_);
    watcher_.swap(watcher);
  }

  Result<std::vector<EventDelivery>> peek(const EventPeek& request) {
    if (Result<void> valid = validate(request); !valid) return std::move(valid).error();
    const base::MutexLock lock(mutex_);
    return state_.deliveries.find(request);
  }

  Result<EventCounts> count(const EventFilter& filter) {
    if (Result<void> valid = validate(filter); !valid) return std::move(valid).error();
    const base::MutexLock lock(mutex_);
    return state_.deliveries.count(filter);
  }

  Result<std::uint64_t> replay(const EventFilter& filter, std::uint32_t limit) {
    if (Result<void> valid = adapters::check_filtered(filter, limit); !valid) {
      return std::move(valid).error();
    }
    std::uint64_t count = 0;
    put([&](MemoryState& state, EventTime now, Queues& changed) {
      count = state.replay(filter, limit, now, changed);
    });
    return count;
  }

  Result<std::uint64_t> bury(const EventFilter& filter, const std::string& reason,
                             std::uint32_t limit, const MakeCompletion& completion) {
    if (Result<void> valid = adapters::check_bury(filter, reason, limit); !valid) {
      return std::move(valid).error();
    }
    const EventTime now = this->now();
    EventPeek wanted;
    wanted.filter = filter;
    std::uint64_t count = 0;
    // Completions are made outside of the lock, and what was claimed meanwhile is looked at again.
    while (count < limit) {
      wanted.limit = static_cast<std::uint32_t>(limit - count);
      const std::vector<EventDelivery> found = find(wanted);
      if (found.empty()) break;
      std::vector<std::string> contents;
      for (const EventDelivery& delivery : found) {
        contents.push_back(completion ? completion(delivery) : std::string());
      }
      const base::MutexLock lock(mutex_);
      count += state_.bury(found, reason, contents, now);
    }
    return count;
  }

  Result<std::uint64_t> purge(const EventFilter& filter, bool dead, std::uint32_t limit) {
    if (Result<void> valid = adapters::check_filtered(filter, limit); !valid) {
      return std::move(valid).error();
    }
    const base::MutexLock lock(mutex_);
    return state_.purge(filter, dead, limit);
  }

  Result<std::uint64_t> erase(const std::string& tenant, std::uint32_t limit) {
    if (Result<void> valid = adapters::check_erase(tenant, limit); !valid) {
      return std::move(valid).error();
    }
    const base::MutexLock lock(mutex_);
    return state_.erase(tenant, limit);
  }

  Result<EventCompletionPage> completions(const std::string& after, std::uint32_t limit) {
    if (Result<void> valid = adapters::check_event_limit(limit); !valid) {
      return std::move(valid).error();
    }
    const base::MutexLock lock(mutex_);
    return state_.completions.page(after, limit);
  }

  Result<std::uint64_t> forget_completions(EventTime before, std::uint32_t limit) {
    if (Result<void> valid = adapters::check_event_limit(limit); !valid) {
      return std::move(valid).error();
    }
    const base::MutexLock lock(mutex_);
    return state_.completions.forget(before, limit);
  }

  Result<EventEnqueued> write_records(std::vector<EventRecordWrite>& writes) {
    if (Result<void> valid = validate(writes); !valid) return std::move(valid).error();
    const EventTime now = this->now();
    const base::MutexLock lock(mutex_);
    return state_.write_records(writes, now);
  }

  Result<std::vector<EventRecord>> read_records(const std::string& kind,
                                                const std::optional<std::string>& tenant,
                                                std::string after, std::uint32_t limit) {
    if (Result<void> valid = adapters::check_records_page(kind, limit); !valid) {
      return std::move(valid).error();
    }
    const auto place = adapters::record_at(tenant, std::move(after));
    const EventTime now = this->now();
    const base::MutexLock lock(mutex_);
    return state_.records.read(kind, tenant, place, limit, now);
  }

  Result<std::vector<EventRecord>> due_records(const std::string& kind, std::uint32_t limit) {
    if (Result<void> valid = adapters::check_records_page(kind, limit); !valid) {
      return std::move(valid).error();
    }
    const EventTime now = this->now();
    const base::MutexLock lock(mutex_);
    return state_.records.due(kind, limit, now);
  }

 private:
  EventTime now() const {
    if (clock_) return clock_();
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }

  // Does what may put something into queues, and tells the watcher of them, outside of the lock.
  template <typename Change>
  void put(Change&& change) {
    const EventTime now = this->now();
    Queues queues;
    Watcher watcher;
    {
      const base::MutexLock lock(mutex_);
      change(state_, now, queues);
      watcher = watcher_;
    }
    if (watcher == nullptr || queues.empty()) return;
    try {
      (*watcher)(std::move(queues));
    } catch (...) {  // which it must not
    }
  }

  std::vector<EventDelivery> find(const EventPeek& request) {
    const base::MutexLock lock(mutex_);
    return state_.deliveries.find(request);
  }

  const EventClock clock_;
  base::Mutex mutex_;
  MemoryState state_ SUBLET_GUARDED_BY(mutex_);
  Watcher watcher_ SUBLET_GUARDED_BY(mutex_);
};

MemoryEventQueue::MemoryEventQueue(EventClock clock)
    : impl_(std::make_unique<Impl>(std::move(clock))) {}
MemoryEventQueue::~MemoryEventQueue() = default;

// The queue may end inside any of the callbacks below: nothing is done after them.
void MemoryEventQueue::enqueue(std::vector<EventEnqueue> units,
                               EventCallback<std::vector<EventEnqueued>> done) noexcept {
  tell(done, guarded([&] { return impl_->enqueue(units); }));
}

void MemoryEventQueue::claim(EventClaim request,
                             EventCallback<std::vector<EventDelivery>> done) noexcept {
  tell(done, guarded([&] { return impl_->claim(request); }));
}

void MemoryEventQueue::extend(std::vector<EventLease> leases, std::chrono::milliseconds lease,
                              EventCallback<std::vector<bool>> done) noexcept {
  tell(done, guarded([&] { return impl_->extend(leases, lease); }));
}

void MemoryEventQueue::settle(std::vector<EventSettlement> settlements,
                              EventCallback<std::vector<bool>> done) noexcept {
  tell(done, guarded([&] { return impl_->settle(settlements); }));
}

void MemoryEventQueue::ready(std::string after, std::uint32_t limit,
                             EventCallback<EventReadyPage> done) noexcept {
  tell(done, guarded([&] { return impl_->ready(after, limit); }));
}

void MemoryEventQueue::watch(EventWatch changed) noexcept {
  try {
    impl_->watch(std::move(changed));
  } catch (...) {  // no memory: a queue that cannot tell
  }
}

void MemoryEventQueue::peek(EventPeek request,
                            EventCallback<std::vector<EventDelivery>> done) noexcept {
  tell(done, guarded([&] { return impl_->peek(request); }));
}

void MemoryEventQueue::count(EventFilter filter, EventCallback<EventCounts> done) noexcept {
  tell(done, guarded([&] { return impl_->count(filter); }));
}

void MemoryEventQueue::replay(EventFilter filter, std::uint32_t limit,
                              EventCallback<std::uint64_t> done) noexcept {
  tell(done, guarded([&] { return impl_->replay(filter, limit); }));
}

void MemoryEventQueue::bury(EventFilter filter, std::string reason, std::uint32_t limit,
                            std::function<std::string(const EventDelivery&)> completion,
                            EventCallback<std::uint64_t> done) noexcept {
  tell(done, guarded([&] { return impl_->bury(filter, reason, limit, completion); }));
}

void MemoryEventQueue::purge(EventFilter filter, bool dead, std::uint32_t limit,
                             EventCallback<std::uint64_t> done) noexcept {
  tell(done, guarded([&] { return impl_->purge(filter, dead, limit); }));
}

void MemoryEventQueue::erase(std::string tenant, std::uint32_t limit,
                             EventCallback<std::uint64_t> done) noexcept {
  tell(done, guarded([&] { return impl_->erase(tenant, limit); }));
}

void MemoryEventQueue::completions(std::string after, std::uint32_t limit,
                                   EventCallback<EventCompletionPage> done) noexcept {
  tell(done, guarded([&] { return impl_->completions(after, limit); }));
}

void MemoryEventQueue::forget_completions(EventTime before, std::uint32_t limit,
                                          EventCallback<std::uint64_t> done) noexcept {
  tell(done, guarded([&] { return impl_->forget_completions(before, limit); }));
}

void MemoryEventQueue::write_records(std::vector<EventRecordWrite> writes,
                                     EventCallback<EventEnqueued> done) noexcept {
  tell(done, guarded([&] { return impl_->write_records(writes); }));
}

void MemoryEventQueue::read_records(std::string kind, std::optional<std::string> tenant,
                                    std::string after, std::uint32_t limit,
                                    EventCallback<std::vector<EventRecord>> done) noexcept {
  tell(done, guarded([&] { return impl_->read_records(kind, tenant, std::move(after), limit); }));
}

void MemoryEventQueue::due_records(std::string kind, std::uint32_t limit,
                                   EventCallback<std::vector<EventRecord>> done) noexcept {
  tell(done, guarded([&] { return impl_->due_records(kind, limit); }));
}

}  // namespace v1
}  // namespace sublet

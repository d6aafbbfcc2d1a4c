// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sublet/adapters/memory_event_queue.h"

namespace sublet {

// What to change of requests and answers on the way; empty: nothing.
struct EventHooks {
  std::function<void(std::vector<EventEnqueue>&)> enqueue = {};
  std::function<void(std::vector<EventEnqueued>&)> enqueued = {};
  std::function<void(EventClaim&)> claim = {};
  std::function<void(std::vector<EventDelivery>&)> claimed = {};
  std::function<void(std::vector<bool>&)> extended = {};
  std::function<void(std::vector<EventSettlement>&)> settle = {};
  std::function<void(std::vector<bool>&)> settled = {};
  std::function<void(EventReadyPage&)> ready = {};
  std::function<void(EventPeek&)> peek = {};
  std::function<void(std::vector<EventDelivery>&)> peeked = {};
  std::function<void(EventCounts&)> counted = {};
  // Of replay, bury and purge too.
  std::function<void(EventFilter&)> filter = {};
  std::function<void(std::uint32_t&)> limit = {};
  std::function<void(bool&)> purge = {};
  std::function<void(std::string&)> erase = {};
  std::function<void(EventCompletionPage&)> completions = {};
  std::function<void(std::vector<EventRecordWrite>&)> write = {};
  std::function<void(std::vector<EventRecord>&)> read = {};
};

// A queue in memory, which others may have too, with hooks.
class HookedEventQueue : public EventQueue {
 public:
  HookedEventQueue(std::shared_ptr<EventQueue> inner, EventHooks hooks)
      : inner_(std::move(inner)), hooks_(std::move(hooks)) {}
  explicit HookedEventQueue(EventClock clock, EventHooks hooks = {})
      : HookedEventQueue(std::make_shared<MemoryEventQueue>(std::move(clock)), std::move(hooks)) {}

  void enqueue(std::vector<EventEnqueue> units,
               EventCallback<std::vector<EventEnqueued>> done) noexcept override {
    change(hooks_.enqueue, units);
    inner_->enqueue(std::move(units), changed(hooks_.enqueued, std::move(done)));
  }
  void claim(EventClaim request, EventCallback<std::vector<EventDelivery>> done) noexcept override {
    change(hooks_.claim, request);
    inner_->claim(std::move(request), changed(hooks_.claimed, std::move(done)));
  }
  void extend(std::vector<EventLease> leases, std::chrono::milliseconds lease,
              EventCallback<std::vector<bool>> done) noexcept override {
    inner_->extend(std::move(leases), lease, changed(hooks_.extended, std::move(done)));
  }
  void settle(std::vector<EventSettlement> settlements,
              EventCallback<std::vector<bool>> done) noexcept override {
    change(hooks_.settle, settlements);
    inner_->settle(std::move(settlements), changed(hooks_.settled, std::move(done)));
  }
  void ready(std::string after, std::uint32_t limit,
             EventCallback<EventReadyPage> done) noexcept override {
    inner_->ready(std::move(after), limit, changed(hooks_.ready, std::move(done)));
  }
  void watch(EventWatch changed) noexcept override { inner_->watch(std::move(changed)); }
  void peek(EventPeek request, EventCallback<std::vector<EventDelivery>> done) noexcept override {
    change(hooks_.filter, request.filter);
    change(hooks_.peek, request);
    inner_->peek(std::move(request), changed(hooks_.peeked, std::move(done)));
  }
  void count(EventFilter filter, EventCallback<EventCounts> done) noexcept override {
    change(hooks_.filter, filter);
    inner_->count(std::move(filter), changed(hooks_.counted, std::move(done)));
  }
  void replay(EventFilter filter, std::uint32_t limit,
              EventCallback<std::uint64_t> done) noexcept override {
    change(hooks_.filter, filter);
    change(hooks_.limit, limit);
    inner_->replay(std::move(filter), limit, std::move(done));
  }
  void bury(EventFilter filter, std::string reason, std::uint32_t limit,
            std::function<std::string(const EventDelivery&)> completion,
            EventCallback<std::uint64_t> done) noexcept override {
    change(hooks_.filter, filter);
    change(hooks_.limit, limit);
    inner_->bury(std::move(filter), std::move(reason), limit, std::move(completion),
                 std::move(done));
  }
  void purge(EventFilter filter, bool dead, std::uint32_t limit,
             EventCallback<std::uint64_t> done) noexcept override {
    change(hooks_.filter, filter);
    change(hooks_.limit, limit);
    change(hooks_.purge, dead);
    inner_->purge(std::move(filter), dead, limit, std::move(done));
  }
  void erase(std::string tenant, std::uint32_t limit,
             EventCallback<std::uint64_t> done) noexcept override {
    change(hooks_.erase, tenant);
    inner_->erase(std::move(tenant), limit, std::move(done));
  }
  void completions(std::string after, std::uint32_t limit,
                   EventCallback<EventCompletionPage> done) noexcept override {
    inner_->completions(std::move(after), limit, changed(hooks_.completions, std::move(done)));
  }
  void forget_completions(EventTime before, std::uint32_t limit,
                          EventCallback<std::uint64_t> done) noexcept override {
    change(hooks_.limit, limit);
    inner_->forget_completions(before, limit, std::move(done));
  }
  void write_records(std::vector<EventRecordWrite> writes,
                     EventCallback<EventEnqueued> done) noexcept override {
    change(hooks_.write, writes);
    inner_->write_records(std::move(writes), std::move(done));
  }
  void read_records(std::string kind, std::optional<std::string> tenant, std::string after,
                    std::uint32_t limit,
                    EventCallback<std::vector<EventRecord>> done) noexcept override {
    inner_->read_records(std::move(kind), std::move(tenant), std::move(after), limit,
                         changed(hooks_.read, std::move(done)));
  }
  void due_records(std::string kind, std::uint32_t limit,
                   EventCallback<std::vector<EventRecord>> done) noexcept override {
    inner_->due_records(std::move(kind), limit, changed(hooks_.read, std::move(done)));
  }

 protected:
  const std::shared_ptr<EventQueue> inner_;

 private:
  template <typename T>
  static void change(const std::function<void(T&)>& hook, T& value) {
    if (hook) hook(value);
  }
  template <typename T>
  static EventCallback<T> changed(const std::function<void(T&)>& hook, EventCallback<T> done) {
    if (!hook) return done;
    return [hook, done = std::move(done)](Result<T> result) {
      if (result) hook(*result);
      done(std::move(result));
    };
  }

  const EventHooks hooks_;
};

}  // namespace sublet

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sublet/adapters/event_queue.h"

namespace sublet::test {

// A queue that is away when a test says so. Any thread.
class UnavailableQueue final : public EventQueue {
 public:
  explicit UnavailableQueue(std::shared_ptr<EventQueue> queue) : queue_(std::move(queue)) {}

  std::atomic<bool> away{false};
  // Done, but nobody is told: of the next enqueue() only.
  std::atomic<bool> loses_answer{false};
  std::atomic<int> record_calls{0};

  void enqueue(std::vector<EventEnqueue> units,
               EventCallback<std::vector<EventEnqueued>> done) noexcept override {
    if (away) return done(gone());
    if (loses_answer.exchange(false)) {
      queue_->enqueue(std::move(units), [](const Result<std::vector<EventEnqueued>>&) {});
      return done(Error{ErrorCode::kIndeterminate, "the queue did not say"});
    }
    queue_->enqueue(std::move(units), std::move(done));
  }
  void claim(EventClaim request, EventCallback<std::vector<EventDelivery>> done) noexcept override {
    queue_->claim(std::move(request), std::move(done));
  }
  void extend(std::vector<EventLease> leases, std::chrono::milliseconds lease,
              EventCallback<std::vector<bool>> done) noexcept override {
    queue_->extend(std::move(leases), lease, std::move(done));
  }
  void settle(std::vector<EventSettlement> settlements,
              EventCallback<std::vector<bool>> done) noexcept override {
    queue_->settle(std::move(settlements), std::move(done));
  }
  void ready(std::string after, std::uint32_t limit,
             EventCallback<EventReadyPage> done) noexcept override {
    queue_->ready(std::move(after), limit, std::move(done));
  }
  void watch(EventWatch changed) noexcept override { queue_->watch(std::move(changed)); }
  void peek(EventPeek request, EventCallback<std::vector<EventDelivery>> done) noexcept override {
    queue_->peek(std::move(request), std::move(done));
  }
  void count(EventFilter filter, EventCallback<EventCounts> done) noexcept override {
    queue_->count(std::move(filter), std::move(done));
  }
  void replay(EventFilter filter, std::uint32_t limit,
              EventCallback<std::uint64_t> done) noexcept override {
    queue_->replay(std::move(filter), limit, std::move(done));
  }
  void bury(EventFilter filter, std::string reason, std::uint32_t limit,
            std::function<std::string(const EventDelivery&)> completion,
            EventCallback<std::uint64_t> done) noexcept override {
    queue_->bury(std::move(filter), std::move(reason), limit, std::move(completion),
                 std::move(done));
  }
  void purge(EventFilter filter, bool dead, std::uint32_t limit,
             EventCallback<std::uint64_t> done) noexcept override {
    queue_->purge(std::move(filter), dead, limit, std::move(done));
  }
  void erase(std::string tenant, std::uint32_t limit,
             EventCallback<std::uint64_t> done) noexcept override {
    queue_->erase(std::move(tenant), limit, std::move(done));
  }
  void completions(std::string after, std::uint32_t limit,
                   EventCallback<EventCompletionPage> done) noexcept override {
    queue_->completions(std::move(after), limit, std::move(done));
  }
  void forget_completions(EventTime before, std::uint32_t limit,
                          EventCallback<std::uint64_t> done) noexcept override {
    queue_->forget_completions(before, limit, std::move(done));
  }
  void write_records(std::vector<EventRecordWrite> writes,
                     EventCallback<EventEnqueued> done) noexcept override {
    ++record_calls;
    if (away) return done(gone());
    queue_->write_records(std::move(writes), std::move(done));
  }
  void read_records(std::string kind, std::optional<std::string> tenant, std::string after,
                    std::uint32_t limit,
                    EventCallback<std::vector<EventRecord>> done) noexcept override {
    ++record_calls;
    if (away) return done(gone());
    queue_->read_records(std::move(kind), std::move(tenant), std::move(after), limit,
                         std::move(done));
  }
  void due_records(std::string kind, std::uint32_t limit,
                   EventCallback<std::vector<EventRecord>> done) noexcept override {
    ++record_calls;
    if (away) return done(gone());
    queue_->due_records(std::move(kind), limit, std::move(done));
  }

 private:
  static Error gone() { return {ErrorCode::kUnavailable, "the queue is away"}; }

  const std::shared_ptr<EventQueue> queue_;
};

}  // namespace sublet::test

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sublet/adapters/event_queue.h"

namespace sublet::test {

// Passes on to another queue, whose answers to ready(), claim(), extend() and settle() it changes
// as it is told: refused, done but answered with kIndeterminate, or late.
class FaultyQueue final : public EventQueue {
 public:
  struct Fault {
    bool refuse = false;         // kUnavailable, and nothing is done
    bool indeterminate = false;  // whether it is done, `refuse` says
    std::chrono::milliseconds late{0};
  };

  // `later` runs a function after a while.
  using Later = std::function<void(std::chrono::milliseconds, std::function<void()>)>;

  FaultyQueue(std::shared_ptr<EventQueue> to, Later later)
      : to_(std::move(to)), later_(std::move(later)) {}

  std::function<Fault(std::string_view call)> fault;

  void enqueue(std::vector<EventEnqueue> units,
               EventCallback<std::vector<EventEnqueued>> done) noexcept override {
    to_->enqueue(std::move(units), std::move(done));
  }
  void claim(EventClaim request, EventCallback<std::vector<EventDelivery>> done) noexcept override {
    pass<std::vector<EventDelivery>>("claim", std::move(done), [this, &request](auto answer) {
      to_->claim(std::move(request), std::move(answer));
    });
  }
  void extend(std::vector<EventLease> leases, std::chrono::milliseconds lease,
              EventCallback<std::vector<bool>> done) noexcept override {
    pass<std::vector<bool>>("extend", std::move(done), [&](auto answer) {
      to_->extend(std::move(leases), lease, std::move(answer));
    });
  }
  void settle(std::vector<EventSettlement> settlements,
              EventCallback<std::vector<bool>> done) noexcept override {
    pass<std::vector<bool>>("settle", std::move(done), [&](auto answer) {
      to_->settle(std::move(settlements), std::move(answer));
    });
  }
  void ready(std::string after, std::uint32_t limit,
             EventCallback<EventReadyPage> done) noexcept override {
    pass<EventReadyPage>("ready", std::move(done), [&](auto answer) {
      to_->ready(std::move(after), limit, std::move(answer));
    });
  }
  void watch(EventWatch changed) noexcept override { to_->watch(std::move(changed)); }
  void peek(EventPeek request, EventCallback<std::vector<EventDelivery>> done) noexcept override {
    to_->peek(std::move(request), std::move(done));
  }
  void count(EventFilter filter, EventCallback<EventCounts> done) noexcept override {
    to_->count(std::move(filter), std::move(done));
  }
  void replay(EventFilter filter, std::uint32_t limit,
              EventCallback<std::uint64_t> done) noexcept override {
    to_->replay(std::move(filter), limit, std::move(done));
  }
  void bury(EventFilter filter, std::string reason, std::uint32_t limit,
            std::function<std::string(const EventDelivery&)> completion,
            EventCallback<std::uint64_t> done) noexcept override {
    to_->bury(std::move(filter), std::move(reason), limit, std::move(completion), std::move(done));
  }
  void purge(EventFilter filter, bool dead, std::uint32_t limit,
             EventCallback<std::uint64_t> done) noexcept override {
    to_->purge(std::move(filter), dead, limit, std::move(done));
  }
  void erase(std::string tenant, std::uint32_t limit,
             EventCallback<std::uint64_t> done) noexcept override {
    to_->erase(std::move(tenant), limit, std::move(done));
  }
  void completions(std::string after, std::uint32_t limit,
                   EventCallback<EventCompletionPage> done) noexcept override {
    to_->completions(std::move(after), limit, std::move(done));
  }
  void forget_completions(EventTime before, std::uint32_t limit,
                          EventCallback<std::uint64_t> done) noexcept override {
    to_->forget_completions(before, limit, std::move(done));
  }
  void write_records(std::vector<EventRecordWrite> writes,
                     EventCallback<EventEnqueued> done) noexcept override {
    to_->write_records(std::move(writes), std::move(done));
  }
  void read_records(std::string kind, std::optional<std::string> tenant, std::string after,
                    std::uint32_t limit,
                    EventCallback<std::vector<EventRecord>> done) noexcept override {
    to_->read_records(std::move(kind), std::move(tenant), std::move(after), limit, std::move(done));
  }
  void due_records(std::string kind, std::uint32_t limit,
                   EventCallback<std::vector<EventRecord>> done) noexcept override {
    to_->due_records(std::move(kind), limit, std::move(done));
  }

 private:
  template <typename T, typename Call>
  void pass(std::string_view name, EventCallback<T> done, Call call) {
    const Fault is = fault ? fault(name) : Fault{};
    EventCallback<T> answer = [this, is, done = std::move(done)](Result<T> result) {
      if (is.refuse) result = Error{ErrorCode::kUnavailable, "refused by the test"};
      if (is.indeterminate) result = Error{ErrorCode::kIndeterminate, "lost by the test"};
      if (is.late.count() == 0) return done(std::move(result));
      later_(is.late, [done, result] { done(result); });
    };
    if (is.refuse) return answer(Error{ErrorCode::kUnavailable, {}});
    call(std::move(answer));
  }

  std::shared_ptr<EventQueue> to_;
  Later later_;
};

}  // namespace sublet::test

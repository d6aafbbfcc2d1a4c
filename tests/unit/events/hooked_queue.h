// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sublet/adapters/memory_event_queue.h"

namespace sublet::test {

// A queue in memory whose calls fail, or wait, where a test says so. One thread.
class HookedQueue final : public EventQueue {
 public:
  explicit HookedQueue(EventClock clock) : inner_(std::move(clock)) {}

  // Asked before each call, by its name; an error is the answer.
  std::function<std::optional<Error>(const std::string& call)> fault;
  // Whether the answer of a call, which is done at once, waits for release().
  std::function<bool(const std::string& call)> holds;
  std::map<std::string, int> calls;
  std::vector<std::size_t> enqueued;  // units of each call

  MemoryEventQueue& inner() { return inner_; }
  std::size_t held() const { return held_.size(); }
  void release() {
    for (const auto& call : std::exchange(held_, {})) call();
  }

  void enqueue(std::vector<EventEnqueue> units,
               EventCallback<std::vector<EventEnqueued>> done) noexcept override {
    enqueued.push_back(units.size());
    run("enqueue", std::move(done), [this, units = std::move(units)](auto answer) {
      inner_.enqueue(units, std::move(answer));
    });
  }
  void claim(EventClaim request, EventCallback<std::vector<EventDelivery>> done) noexcept override {
    run("claim", std::move(done),
        [this, request](auto answer) { inner_.claim(request, std::move(answer)); });
  }
  void extend(std::vector<EventLease> leases, std::chrono::milliseconds lease,
              EventCallback<std::vector<bool>> done) noexcept override {
    run("extend", std::move(done),
        [this, leases, lease](auto answer) { inner_.extend(leases, lease, std::move(answer)); });
  }
  void settle(std::vector<EventSettlement> settlements,
              EventCallback<std::vector<bool>> done) noexcept override {
    run("settle", std::move(done),
        [this, settlements](auto answer) { inner_.settle(settlements, std::move(answer)); });
  }
  void ready(std::string after, std::uint32_t limit,
             EventCallback<EventReadyPage> done) noexcept override {
    run("ready", std::move(done),
        [this, after, limit](auto answer) { inner_.ready(after, limit, std::move(answer)); });
  }
  void watch(EventWatch changed) noexcept override { inner_.watch(std::move(changed)); }
  void peek(EventPeek request, EventCallback<std::vector<EventDelivery>> done) noexcept override {
    run("peek", std::move(done),
        [this, request](auto answer) { inner_.peek(request, std::move(answer)); });
  }
  void count(EventFilter filter, EventCallback<EventCounts> done) noexcept override {
    run("count", std::move(done),
        [this, filter](auto answer) { inner_.count(filter, std::move(answer)); });
  }
  void replay(EventFilter filter, std::uint32_t limit,
              EventCallback<std::uint64_t> done) noexcept override {
    inner_.replay(std::move(filter), limit, std::move(done));
  }
  void bury(EventFilter filter, std::string reason, std::uint32_t limit,
            std::function<std::string(const EventDelivery&)> completion,
            EventCallback<std::uint64_t> done) noexcept override {
    inner_.bury(std::move(filter), std::move(reason), limit, std::move(completion),
                std::move(done));
  }
  void purge(EventFilter filter, bool dead, std::uint32_t limit,
             EventCallback<std::uint64_t> done) noexcept override {
    inner_.purge(std::move(filter), dead, limit, std::move(done));
  }
  void erase(std::string tenant, std::uint32_t limit,
             EventCallback<std::uint64_t> done) noexcept override {
    inner_.erase(std::move(tenant), limit, std::move(done));
  }
  void completions(std::string after, std::uint32_t limit,
                   EventCallback<EventCompletionPage> done) noexcept override {
    run("completions", std::move(done),
        [this, after, limit](auto answer) { inner_.completions(after, limit, std::move(answer)); });
  }
  void forget_completions(EventTime before, std::uint32_t limit,
                          EventCallback<std::uint64_t> done) noexcept override {
    run("forget_completions", std::move(done), [this, before, limit](auto answer) {
      inner_.forget_completions(before, limit, std::move(answer));
    });
  }
  void write_records(std::vector<EventRecordWrite> writes,
                     EventCallback<EventEnqueued> done) noexcept override {
    run("write_records", std::move(done),
        [this, writes](auto answer) { inner_.write_records(writes, std::move(answer)); });
  }
  void read_records(std::string kind, std::optional<std::string> tenant, std::string after,
                    std::uint32_t limit,
                    EventCallback<std::vector<EventRecord>> done) noexcept override {
    run("read_records", std::move(done), [this, kind, tenant, after, limit](auto answer) {
      inner_.read_records(kind, tenant, after, limit, std::move(answer));
    });
  }
  void due_records(std::string kind, std::uint32_t limit,
                   EventCallback<std::vector<EventRecord>> done) noexcept override {
    inner_.due_records(std::move(kind), limit, std::move(done));
  }

 private:
  template <typename T, typename Call>
  void run(const std::string& name, EventCallback<T> done, Call call) {
    ++calls[name];
    const std::optional<Error> error = fault ? fault(name) : std::nullopt;
    if (holds && holds(name)) {
      done = [this, done = std::move(done)](Result<T> answer) {
        held_.push_back([done, answer = std::move(answer)] { done(answer); });
      };
    }
    if (error) return done(*error);
    call(std::move(done));
  }

  MemoryEventQueue inner_;
  std::vector<std::function<void()>> held_;
};

}  // namespace sublet::test

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sublet/adapters/event_queue.h"
#include "sublet/export.h"

namespace sublet {
inline namespace v1 {

// Keeps events in this process's memory and nowhere else, so that they end with it: for tests, and
// for hosts without a disk. Answers inside the call, and tells its watcher there too.
//
// Ownership: shared.
// Thread safety: thread-safe.
// Blocking: for the time of other calls of the same moment.
// Errors: as EventQueue; throws nothing. Where memory is lacking in the middle of a call, a part of
//   it may have been done.
class SUBLET_EXPORT MemoryEventQueue final : public EventQueue {
 public:
  explicit MemoryEventQueue(EventClock clock = {});
  ~MemoryEventQueue() override;

  void enqueue(std::vector<EventEnqueue> units,
               EventCallback<std::vector<EventEnqueued>> done) noexcept override;
  void claim(EventClaim request, EventCallback<std::vector<EventDelivery>> done) noexcept override;
  void extend(std::vector<EventLease> leases, std::chrono::milliseconds lease,
              EventCallback<std::vector<bool>> done) noexcept override;
  void settle(std::vector<EventSettlement> settlements,
              EventCallback<std::vector<bool>> done) noexcept override;
  void ready(std::string after, std::uint32_t limit,
             EventCallback<EventReadyPage> done) noexcept override;
  void watch(EventWatch changed) noexcept override;
  void peek(EventPeek request, EventCallback<std::vector<EventDelivery>> done) noexcept override;
  void count(EventFilter filter, EventCallback<EventCounts> done) noexcept override;
  void replay(EventFilter filter, std::uint32_t limit,
              EventCallback<std::uint64_t> done) noexcept override;
  void bury(EventFilter filter, std::string reason, std::uint32_t limit,
            std::function<std::string(const EventDelivery&)> completion,
            EventCallback<std::uint64_t> done) noexcept override;
  void purge(EventFilter filter, bool dead, std::uint32_t limit,
             EventCallback<std::uint64_t> done) noexcept override;
  void erase(std::string tenant, std::uint32_t limit,
             EventCallback<std::uint64_t> done) noexcept override;
  void completions(std::string after, std::uint32_t limit,
                   EventCallback<EventCompletionPage> done) noexcept override;
  void forget_completions(EventTime before, std::uint32_t limit,
                          EventCallback<std::uint64_t> done) noexcept override;
  void write_records(std::vector<EventRecordWrite> writes,
                     EventCallback<EventEnqueued> done) noexcept override;
  void read_records(std::string kind, std::optional<std::string> tenant, std::string after,
                    std::uint32_t limit,
                    EventCallback<std::vector<EventRecord>> done) noexcept override;
  void due_records(std::string kind, std::uint32_t limit,
                   EventCallback<std::vector<EventRecord>> done) noexcept override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v1
}  // namespace sublet

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <latch>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/sqlite/events/side.h"
#include "adapters/sqlite/sqlite_test_side.h"
#include "adapters/sqlite/store_of.h"
#include "sublet/adapters/sqlite_event_queue.h"

// What tests of the SQLite event queue share.
namespace sublet {

using EventStore = adapters::sqlite::StoreOf<adapters::sqlite::events::Side>;

// Fails the test where it does not open.
std::shared_ptr<SqliteEventQueue> open_queue(const SqliteEventQueueOptions& options);

// Of the extension "x" and the event "e".
NewDelivery delivery_of(const std::string& tenant, const std::string& payload = "{}",
                        const std::string& ordering_key = {});
EventEnqueue unit_of(const std::string& tenant, const std::string& payload = "{}");
EventQueueName queue_of(const std::string& tenant);

Result<std::vector<EventEnqueued>> enqueue(EventQueue& queue, std::vector<EventEnqueue> units);
Result<std::vector<EventDelivery>> claim(EventQueue& queue, const std::string& tenant,
                                         std::uint32_t max = 1);
Result<std::vector<bool>> settle(EventQueue& queue, const std::vector<EventDelivery>& deliveries,
                                 EventSettlement::Kind kind = EventSettlement::Kind::kDone);
EventCounts counts(EventQueue& queue, const std::string& tenant);

// While it lives the queue's writer waits in a callback, so that calls pile up. Only a test may
// wait there.
class HeldEventWriter {
 public:
  template <typename Queue>
  explicit HeldEventWriter(Queue& queue) {
    hold(queue, [this, leave = leave_](auto) {
      entered_.count_down();
      leave->wait();
    });
    entered_.wait();
  }
  ~HeldEventWriter() { release(); }
  HeldEventWriter(const HeldEventWriter&) = delete;
  HeldEventWriter& operator=(const HeldEventWriter&) = delete;

  void release() {
    if (!std::exchange(released_, true)) leave_->count_down();
  }

 private:
  static void hold(EventQueue& queue, EventCallback<std::vector<bool>> done) {
    queue.settle({}, std::move(done));
  }
  static void hold(EventStore& store, EventCallback<std::vector<bool>> done) {
    store.push(adapters::sqlite::events::SettleCall{{}, std::move(done), {}});
  }

  std::latch entered_{1};
  // Outlives this: the writer may still be inside when it goes.
  std::shared_ptr<std::latch> leave_ = std::make_shared<std::latch>(1);
  bool released_ = false;
};

}  // namespace sublet

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "sublet/adapters/event_queue.h"

namespace sublet {

// Publishes and works without a pause, and remembers what it was told. Publishers enqueue events
// with an ordering key of their own, one after the other; workers claim some and settle them with
// the event's id as their completion.
//
// Thread safety: one thread's; it has its own.
class EventStorm {
 public:
  // Workers share the queues.
  EventStorm(std::vector<std::shared_ptr<EventQueue>> queues, int publishers, int workers);
  ~EventStorm();
  EventStorm(const EventStorm&) = delete;
  EventStorm& operator=(const EventStorm&) = delete;

  // Waits until so many more events were settled. False: that took a minute.
  bool wait_for(std::uint64_t more) const;
  // Ends the publishers, has the workers settle all that is left, and ends them. False: that took a
  // minute.
  bool drain();

  struct Finding {
    std::uint64_t acknowledged = 0;
    std::uint64_t completed = 0;
    std::uint64_t lost = 0;        // acknowledged, and not completed
    std::uint64_t ghosts = 0;      // not enqueued, as it was told, and completed
    std::uint64_t twice = 0;       // completed more than once
    std::uint64_t disorder = 0;    // completed before one that was enqueued before
    std::uint64_t unexpected = 0;  // answers of another kind
  };
  // By the completions.
  Finding check() const;

 private:
  struct Publisher;

  void publish(Publisher& publisher);
  void work(EventQueue& queue);
  void settle_some(EventQueue& queue, std::vector<EventDelivery> claimed);
  void note(const Error& error);

  const std::vector<std::shared_ptr<EventQueue>> queues_;
  std::vector<std::unique_ptr<Publisher>> publishers_;
  std::vector<std::thread> publishing_, working_;
  std::atomic<bool> stop_publishing_{false}, stop_working_{false};
  std::atomic<std::uint64_t> settled_{0}, unexpected_{0};
};

}  // namespace sublet

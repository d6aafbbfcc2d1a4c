// SPDX-License-Identifier: Apache-2.0
#include "bench/event_side.h"

#include <algorithm>
#include <vector>

namespace sublet::bench {
namespace {

constexpr std::size_t kUnits = 1000;

}  // namespace

void fill(EventQueue& queue, const EventQueueName& name, std::uint64_t count) {
  using Answers = std::vector<EventEnqueued>;
  for (std::uint64_t done = 0; done < count;) {
    const std::uint64_t now = std::min<std::uint64_t>(kUnits, count - done);
    std::vector<EventEnqueue> units(now);
    for (EventEnqueue& unit : units) {
      NewDelivery& delivery = unit.deliveries.emplace_back();
      delivery.queue = name;
      delivery.event_id = "event";
      delivery.payload = R"({"ticket":17,"subject":"the printer is on fire"})";
    }
    ask<Answers>(
        [&](EventCallback<Answers> told) { queue.enqueue(std::move(units), std::move(told)); });
    done += now;
  }
}

std::size_t work_off(EventQueue& queue, const EventQueueName& name, std::uint32_t batch) {
  using Claimed = std::vector<EventDelivery>;
  EventClaim claim;
  claim.from.push_back({name, batch});
  const Claimed claimed = ask<Claimed>(
      [&](EventCallback<Claimed> told) { queue.claim(std::move(claim), std::move(told)); });
  if (claimed.empty()) return 0;
  std::vector<EventSettlement> settlements;
  for (const EventDelivery& delivery : claimed) {
    EventSettlement& settlement = settlements.emplace_back();
    settlement.lease = {delivery.id, delivery.fence};
  }
  ask<std::vector<bool>>([&](EventCallback<std::vector<bool>> told) {
    queue.settle(std::move(settlements), std::move(told));
  });
  return claimed.size();
}

}  // namespace sublet::bench

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/timer_service.h"
#include "events/ports.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::events {

// What the parts of the layer share.
struct Setup {
  std::shared_ptr<EventQueue> queue;
  const Directory* directory = nullptr;  // outlives the parts; likewise the next two
  base::TimerService* timers = nullptr;
  const base::Clock* clock = nullptr;
  EventClock calendar;            // the machine's wall clock; set
  std::uint64_t random_seed = 0;  // for jitter and ids
  std::string member;             // this process's unguessable name: owner of its claims
  EventReports reports;
};

}  // namespace sublet::events

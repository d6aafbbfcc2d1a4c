// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "events/publisher.h"
#include "events/scheduler.h"
#include "events/webhooks.h"
#include "sublet/limits.h"

namespace sublet::hostcall {

// What one extension's `events`, `schedule` and `webhooks` lead to. Immutable; shared by its
// invocations.
struct EventAccess {
  std::string tenant;
  std::string extension;
  std::shared_ptr<events::Publisher> publisher;
  std::shared_ptr<events::Scheduler> scheduler;
  std::shared_ptr<events::Webhooks> webhooks;
  std::uint32_t max_published = 0;  // by one invocation
  Bytes payload;                    // of one event
  std::uint32_t payload_depth = 0;
  EventClock calendar;  // what `delay` counts from; empty: the machine's wall clock
};

}  // namespace sublet::hostcall

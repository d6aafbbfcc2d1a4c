// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/setup.h"
#include "sublet/events.h"

namespace sublet::events {

// What the controls in force say of one queue, the strictest of each.
struct ControlVerdict {
  bool paused = false;
  bool drained = false;
  bool denied = false;
  std::optional<Rate> throttle;  // the lowest
  std::string reason;            // of what acts
};

// Pauses, throttles, drains and denials: records of the queue, which every process reads now and
// then (each second, and when told) and keeps in memory.
//
// Ownership: shared, since answers of the queue may come late.
// Thread safety: thread-safe.
class Controls {
 public:
  static std::shared_ptr<Controls> create(const Setup& setup);
  virtual ~Controls() = default;

  // Reads them, and goes on reading them each second; `changed` is called after each change seen.
  virtual void start(std::function<void()> changed) = 0;
  virtual void stop() noexcept = 0;

  // In force now, from memory. Controls in dry run are reported, not answered.
  virtual ControlVerdict verdict(const EventQueueName& queue) const = 0;

  // Holds for everybody from the answer on within a second, here at once. In place of one of the
  // same scope and action.
  virtual void apply(EventControl control, EventCallback<bool> done) noexcept = 0;
  // False: there was none.
  virtual void lift(EventScope scope, EventAction action, EventCallback<bool> done) noexcept = 0;
  virtual std::vector<EventControl> all() const = 0;
};

}  // namespace sublet::events

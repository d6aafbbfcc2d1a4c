// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "events/controls.h"
#include "sublet/events.h"

namespace sublet::events {

// Controls, found by scope: one look-up for each kind of scope that some control has.
//
// Ownership: owns them. Thread safety: const-safe.
class ControlTable {
 public:
  ControlTable() = default;
  explicit ControlTable(std::vector<EventControl> controls);

  // Of those whose time is not over. `dry`: takes those in dry run, which say nothing here.
  ControlVerdict verdict(const EventQueueName& queue, EventTime now,
                         std::vector<const EventControl*>& dry) const;
  const std::vector<EventControl>& all() const { return controls_; }

 private:
  // By what a scope has: its tenant, its extension, its event.
  static constexpr std::size_t kKinds = 8;
  using ByScope = std::unordered_map<std::string, std::vector<std::size_t>>;

  std::vector<EventControl> controls_;
  std::array<ByScope, kKinds> by_scope_;
};

// Whether its time is over.
bool is_over(const EventControl& control, EventTime now);

}  // namespace sublet::events

// SPDX-License-Identifier: Apache-2.0
#include "events/control_table.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "policy/token_bucket.h"

namespace sublet::events {
namespace {

constexpr std::size_t kTenant = 1;
constexpr std::size_t kExtension = 2;
constexpr std::size_t kEvent = 4;

// The names of a kind of scope; none of them has a byte 0.
std::string key_of(std::size_t kind, std::string_view tenant, std::string_view extension,
                   std::string_view event) {
  std::string key;
  if ((kind & kTenant) != 0) key.append(tenant).push_back('\0');
  if ((kind & kExtension) != 0) key.append(extension).push_back('\0');
  if ((kind & kEvent) != 0) key.append(event).push_back('\0');
  return key;
}

std::size_t kind_of(const EventScope& scope) {
  return (scope.tenant.empty() ? 0 : kTenant) | (scope.extension.empty() ? 0 : kExtension) |
         (scope.event.empty() ? 0 : kEvent);
}

bool is_lower(const Rate& rate, const Rate& than) {
  return policy::time_of(rate, 1) > policy::time_of(than, 1);
}

// The later in this order, the more it says.
int weight_of(EventAction action) {
  switch (action) {
    case EventAction::kThrottle:
      return 1;
    case EventAction::kPause:
      return 2;
    case EventAction::kDrain:
      return 3;
    case EventAction::kDeny:
      return 4;
  }
  return 0;
}

void add(const EventControl& control, ControlVerdict& verdict) {
  switch (control.action) {
    case EventAction::kPause:
      verdict.paused = true;
      break;
    case EventAction::kThrottle:
      if (!verdict.throttle || is_lower(control.rate, *verdict.throttle)) {
        verdict.throttle = control.rate;
      }
      break;
    case EventAction::kDrain:
      verdict.drained = true;
      break;
    case EventAction::kDeny:
      verdict.denied = true;
      break;
  }
}

}  // namespace

bool is_over(const EventControl& control, EventTime now) {
  return control.until.has_value() && *control.until <= now;
}

ControlTable::ControlTable(std::vector<EventControl> controls) : controls_(std::move(controls)) {
  for (std::size_t i = 0; i < controls_.size(); ++i) {
    const EventScope& scope = controls_[i].scope;
    const std::size_t kind = kind_of(scope);
    by_scope_[kind][key_of(kind, scope.tenant, scope.extension, scope.event)].push_back(i);
  }
}

ControlVerdict ControlTable::verdict(const EventQueueName& queue, EventTime now,
                                     std::vector<const EventControl*>& dry) const {
  ControlVerdict verdict;
  int heaviest = 0;
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    if (by_scope_[kind].empty()) continue;
    const auto found =
        by_scope_[kind].find(key_of(kind, queue.tenant, queue.extension, queue.event));
    if (found == by_scope_[kind].end()) continue;
    for (const std::size_t place : found->second) {
      const EventControl& control = controls_[place];
      if (is_over(control, now)) continue;
      if (control.dry_run) {
        dry.push_back(&control);
        continue;
      }
      add(control, verdict);
      if (weight_of(control.action) <= heaviest) continue;
      heaviest = weight_of(control.action);
      verdict.reason = control.reason;
    }
  }
  return verdict;
}

}  // namespace sublet::events

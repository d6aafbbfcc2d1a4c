// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "policy/events/schedule_rule.h"

namespace sublet::policy {
namespace {

// Each by itself, the oldest first; what is more than the most is left out.
Firing each(const ScheduleRule& rule, EventTime due, EventTime now, std::uint32_t caught_up) {
  Firing firing;
  firing.at = due;
  firing.next = rule.next_after(due);
  if (!firing.next || *firing.next > now) return firing;
  firing.caught_up = caught_up + 1;
  if (firing.caught_up < kMostCaughtUp) return firing;
  firing.caught_up = 0;
  firing.next = rule.next_after(now);
  return firing;
}

}  // namespace

Firing decide_firing(const ScheduleRule& rule, CatchUp catch_up, EventTime due, EventTime now,
                     std::uint32_t caught_up) {
  // Whoever says that it is due knows a later time than this machine does.
  now = std::max(now, due);
  if (catch_up == CatchUp::kAll) return each(rule, due, now, caught_up);
  Firing firing;
  const EventTime last = rule.last_between(due, now).value_or(due);
  if (catch_up == CatchUp::kOnce || now - last <= kOnTime) firing.at = last;
  firing.next = rule.next_after(now);
  return firing;
}

}  // namespace sublet::policy

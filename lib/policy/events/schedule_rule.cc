// SPDX-License-Identifier: Apache-2.0
#include "policy/events/schedule_rule.h"

#include <algorithm>
#include <new>
#include <utility>

namespace sublet::policy {
namespace {

using std::chrono::milliseconds;

constexpr EventTime kEndOfTime =
    std::chrono::sys_days(std::chrono::year(10'000) / std::chrono::January / 1);
constexpr milliseconds kLeast = std::chrono::minutes(1);
constexpr milliseconds kMost = std::chrono::hours(24 * 400);

Error invalid(const char* message) { return {ErrorCode::kInvalidArgument, message}; }

}  // namespace

Result<ScheduleRule> ScheduleRule::compile(const Schedule& schedule, EventTime made) noexcept {
  try {
    ScheduleRule rule;
    rule.made_ = made;
    if (schedule.at) {
      if (*schedule.at >= kEndOfTime) return invalid("at must be before the year 10000");
      rule.at_ = std::max(*schedule.at, made);
    } else if (schedule.cron.empty()) {
      if (schedule.every < kLeast || schedule.every > kMost) {
        return invalid("every must be 1 minute to 400 days");
      }
      rule.every_ = schedule.every;
    } else {
      Result<Cron> cron = parse_cron(schedule.cron);
      if (!cron) return std::move(cron).error();
      Result<TimeZone> zone = TimeZone::find(schedule.time_zone);
      if (!zone) return std::move(zone).error();
      rule.cron_ = *cron;
      rule.zone_ = std::move(zone).value();
    }
    return rule;
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kResourceExhausted, "out of memory"};
  }
}

std::optional<EventTime> ScheduleRule::next_after(EventTime time) const {
  if (at_) return *at_ > time ? at_ : std::nullopt;
  if (every_.count() > 0) {
    if (time < made_) return made_ + every_;
    return made_ + ((time - made_) / every_ + 1) * every_;
  }
  const auto now = zone_.to_local(std::chrono::floor<std::chrono::seconds>(time));
  // Of times that come twice the second is passed over, and those of one gap are one instant.
  for (auto local = policy::next_after(cron_, now); local;
       local = policy::next_after(cron_, *local)) {
    const EventTime instant = zone_.to_instant(*local);
    if (instant > time) return instant;
  }
  return std::nullopt;
}

std::optional<EventTime> ScheduleRule::last_between(EventTime time, EventTime until) const {
  std::optional<EventTime> found = next_after(time);
  if (!found || *found > until) return std::nullopt;
  // There is one in (low, until], and none in (high, until].
  EventTime low = time;
  EventTime high = until;
  while (low < high) {
    const EventTime middle = low + (high - low) / 2;
    const std::optional<EventTime> next = next_after(middle);
    if (next && *next <= until) {
      found = next;
      low = *next;
    } else {
      high = middle;
    }
  }
  return found;
}

}  // namespace sublet::policy

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "policy/events/cron.h"
#include "policy/events/time_zone.h"
#include "sublet/events.h"

namespace sublet::policy {

// The times of a schedule. Immutable, cheap to copy.
class ScheduleRule {
 public:
  // Of `at`, `every`, `cron` and `time_zone`; an Error names the field. `made`: what `every` counts
  // from; a time `at` before it is then.
  static Result<ScheduleRule> compile(const Schedule& schedule, EventTime made) noexcept;

  // The first time after this one; nothing: there is none.
  std::optional<EventTime> next_after(EventTime time) const;
  // The last time at or before `until` and after `time`; nothing: there is none.
  std::optional<EventTime> last_between(EventTime time, EventTime until) const;

 private:
  EventTime made_{};
  std::optional<EventTime> at_;
  std::chrono::milliseconds every_{0};
  Cron cron_;
  TimeZone zone_;
};

// Whether everything else about a schedule is well-formed: names, data within the policy, and that
// it has exactly one kind of times. An Error names the field.
Result<void> check_schedule(const Schedule& schedule, const EventPolicy& policy);

// Later than this a firing was missed: nothing ran when it was due.
inline constexpr std::chrono::milliseconds kOnTime{60'000};
// Of CatchUp::kAll.
inline constexpr std::uint32_t kMostCaughtUp = 1'000;

struct Firing {
  std::optional<EventTime> at;    // fires for this time; nothing: does not
  std::optional<EventTime> next;  // due then; nothing: never again
  std::uint32_t caught_up = 0;    // how many have fired late in a row, up to this one
};

// What happens at `now` to a schedule that is due for `due`, and has caught up with so many before.
// Each time fires once at most, since `next` is later than `at`, whatever the clock does.
Firing decide_firing(const ScheduleRule& rule, CatchUp catch_up, EventTime due, EventTime now,
                     std::uint32_t caught_up);

}  // namespace sublet::policy

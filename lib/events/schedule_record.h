// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "policy/events/schedule_rule.h"
#include "sublet/adapters/event_queue.h"
#include "sublet/events.h"

namespace sublet::events {

inline constexpr const char* kScheduleKind = "schedule";

// A schedule as the queue keeps it. Its next time is Schedule::next_at; the record may be due later
// than that, where it was put off.
struct KeptSchedule {
  Schedule schedule;
  EventTime made{};                       // what an interval counts from
  std::optional<EventTime> absent_since;  // since when nobody knows its extension
  std::uint32_t caught_up = 0;            // as of policy::Firing
  std::uint64_t version = 0;              // 0: not kept yet
};

// "crm/nightly".
std::string schedule_record_name(std::string_view extension, std::string_view name);

// Due for its next time, never where it has none, and only where it is as it was read. An Error: it
// is too large for a record.
Result<EventRecordWrite> schedule_write(const KeptSchedule& kept);
EventRecordWrite schedule_removal(const KeptSchedule& kept);
// Nothing: this version cannot read it.
std::optional<KeptSchedule> read_schedule(const EventRecord& record);

// The payload of an event that fires for `at`.
std::string schedule_payload(const Schedule& schedule, EventTime at);

// Gives a schedule its first time.
Result<void> begin_schedule(KeptSchedule& kept, EventTime now);
// Whether two fire at the same times.
bool same_times(const Schedule& left, const Schedule& right);
// Whether they are the same in all that is given.
bool same_definition(const Schedule& left, const Schedule& right);

}  // namespace sublet::events

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "hostcall/events/access.h"
#include "sublet/events.h"
#include "sublet/result.h"

// What tenant code gives with `events`, `schedule` and `webhooks`, as the SDK writes it. Nothing of
// the texts is taken on trust. The message of an error is one sentence.
namespace sublet::hostcall {

inline constexpr std::size_t kMaxPublications = 1000;  // of one call
inline constexpr std::size_t kMaxIdempotencyKey = 128;

// [[event, options, data], ...], where data may be missing. An error of one of `several` names it.
Result<std::vector<Publication>> read_publications(std::string_view arguments, bool several,
                                                   const EventAccess& access, EventTime now);

// [{name, event, at, every, cron, timeZone, data, catchUp, enabled}]
Result<Schedule> read_schedule(std::string_view arguments, const EventAccess& access);

// [name]
Result<std::string> read_name(std::string_view arguments);

// [name, {members of a schedule but its name}]
struct ScheduleChanges {
  std::string name;
  std::string members;  // JSON, which apply_changes() takes
};
Result<ScheduleChanges> read_changes(std::string_view arguments);
// What is given comes in place of what was there.
Result<void> apply_changes(std::string_view members, Schedule& schedule);

}  // namespace sublet::hostcall

// SPDX-License-Identifier: Apache-2.0
#include "events/declared_schedules.h"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace sublet::events {

Result<std::vector<EventRecordWrite>> declared_writes(const Declared& declared,
                                                      const std::vector<KeptSchedule>& found,
                                                      EventTime now) {
  std::map<std::string_view, const KeptSchedule*> by_name;
  for (const KeptSchedule& kept : found) by_name.emplace(kept.schedule.name, &kept);
  std::set<std::string_view> names;
  std::vector<EventRecordWrite> writes;
  for (const Schedule& schedule : declared.schedules) {
    if (!names.insert(schedule.name).second) {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("schedule \"{}\" is declared twice", schedule.name)};
    }
    const auto before = by_name.find(schedule.name);
    KeptSchedule kept = before == by_name.end() ? KeptSchedule{} : *before->second;
    const bool is_new = kept.version == 0;
    if (!is_new && same_definition(kept.schedule, schedule) && !kept.absent_since) continue;
    const bool anew = is_new || !same_times(kept.schedule, schedule);
    const std::optional<EventTime> last_at = kept.schedule.last_at;
    const std::optional<EventTime> next_at = kept.schedule.next_at;
    kept.schedule = schedule;
    kept.schedule.last_at = last_at;
    kept.schedule.next_at = next_at;
    kept.absent_since.reset();
    if (anew) {
      if (Result<void> begun = begin_schedule(kept, now); !begun) return begun.error();
    }
    Result<EventRecordWrite> write = schedule_write(kept);
    if (!write) return std::move(write).error();
    write->max_in_tenant = declared.most;
    writes.push_back(*std::move(write));
  }
  // First those that go, which make room.
  std::vector<EventRecordWrite> all;
  for (const KeptSchedule& kept : found) {
    if (!kept.schedule.from_manifest || names.contains(kept.schedule.name)) continue;
    all.push_back(schedule_removal(kept));
  }
  for (EventRecordWrite& write : writes) all.push_back(std::move(write));
  return all;
}

}  // namespace sublet::events

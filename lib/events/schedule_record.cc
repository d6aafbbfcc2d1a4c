// SPDX-License-Identifier: Apache-2.0
#include "events/schedule_record.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace sublet::events {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;

constexpr std::array<std::string_view, 3> kCatchUps = {"skip", "once", "all"};

void put(Json& json, const char* name, const std::optional<EventTime>& time) {
  if (time) json[name] = time->time_since_epoch().count();
}

std::optional<EventTime> time_of(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end()) return std::nullopt;
  return EventTime(milliseconds(found->get<std::int64_t>()));
}

// One line of JSON.
std::string head_of(const KeptSchedule& kept) {
  const Schedule& schedule = kept.schedule;
  Json json = {{"event", schedule.event},
               {"made", kept.made.time_since_epoch().count()},
               {"catch_up", kCatchUps.at(static_cast<std::size_t>(schedule.catch_up))}};
  put(json, "at", schedule.at);
  if (schedule.every.count() != 0) json["every"] = schedule.every.count();
  if (!schedule.cron.empty()) json["cron"] = schedule.cron;
  if (!schedule.time_zone.empty()) json["time_zone"] = schedule.time_zone;
  if (!schedule.enabled) json["enabled"] = false;
  if (schedule.from_manifest) json["manifest"] = true;
  put(json, "next", schedule.next_at);
  put(json, "last", schedule.last_at);
  put(json, "absent", kept.absent_since);
  if (kept.caught_up != 0) json["caught_up"] = kept.caught_up;
  return json.dump();
}

CatchUp catch_up_of(const std::string& name) {
  for (std::size_t i = 0; i < kCatchUps.size(); ++i) {
    if (kCatchUps[i] == name) return static_cast<CatchUp>(i);
  }
  return CatchUp::kOnce;
}

// Throws where a field is not what it has to be.
void read_head(const Json& json, KeptSchedule& kept) {
  Schedule& schedule = kept.schedule;
  schedule.event = json.at("event").get<std::string>();
  kept.made = EventTime(milliseconds(json.at("made").get<std::int64_t>()));
  schedule.catch_up = catch_up_of(json.at("catch_up").get<std::string>());
  schedule.at = time_of(json, "at");
  schedule.every = milliseconds(json.value("every", std::int64_t{0}));
  schedule.cron = json.value("cron", std::string());
  schedule.time_zone = json.value("time_zone", std::string());
  schedule.enabled = json.value("enabled", true);
  schedule.from_manifest = json.value("manifest", false);
  schedule.next_at = time_of(json, "next");
  schedule.last_at = time_of(json, "last");
  kept.absent_since = time_of(json, "absent");
  kept.caught_up = json.value("caught_up", 0U);
}

// "2026-11-22T15:04:05.678Z".
std::string iso_time(EventTime at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

}  // namespace

std::string schedule_record_name(std::string_view extension, std::string_view name) {
  return fmt::format("{}/{}", extension, name);
}

Result<EventRecordWrite> schedule_write(const KeptSchedule& kept) {
  EventRecordWrite write = schedule_removal(kept);
  // The data stays as it was given, behind the first line.
  write.data = head_of(kept) + '\n' + kept.schedule.data;
  write.due_at = kept.schedule.next_at;
  if (write.data->size() <= EventQueue::kMaxNoteBytes) return write;
  return Error{
      ErrorCode::kInvalidArgument,
      fmt::format("data has {} bytes; it may have at most {} with the rest of the schedule",
                  kept.schedule.data.size(), EventQueue::kMaxNoteBytes - head_of(kept).size() - 1)};
}

EventRecordWrite schedule_removal(const KeptSchedule& kept) {
  EventRecordWrite write;
  write.kind = kScheduleKind;
  write.tenant = kept.schedule.tenant;
  write.name = schedule_record_name(kept.schedule.extension, kept.schedule.name);
  write.expected = kept.version;
  return write;
}

std::optional<KeptSchedule> read_schedule(const EventRecord& record) {
  const std::size_t slash = record.name.find('/');
  const std::size_t line = record.data.find('\n');
  if (slash == std::string::npos || line == std::string::npos) return std::nullopt;
  KeptSchedule kept;
  kept.version = record.version;
  kept.schedule.tenant = record.tenant;
  kept.schedule.extension = record.name.substr(0, slash);
  kept.schedule.name = record.name.substr(slash + 1);
  kept.schedule.data = record.data.substr(line + 1);
  try {
    read_head(Json::parse(std::string_view(record.data).substr(0, line)), kept);
  } catch (const Json::exception&) {
    return std::nullopt;
  }
  return kept;
}

std::string schedule_payload(const Schedule& schedule, EventTime at) {
  return fmt::format(R"({{"schedule":{},"scheduledAt":"{}","data":{}}})",
                     Json(schedule.name).dump(), iso_time(at),
                     schedule.data.empty() ? "null" : schedule.data);
}

Result<void> begin_schedule(KeptSchedule& kept, EventTime now) {
  kept.made = now;
  kept.caught_up = 0;
  kept.schedule.next_at.reset();
  Result<policy::ScheduleRule> rule = policy::ScheduleRule::compile(kept.schedule, now);
  if (!rule) return std::move(rule).error();
  if (!kept.schedule.enabled) return {};
  // What is due at once is so only where its time was given.
  kept.schedule.next_at = rule->next_after(kept.schedule.at ? now - milliseconds(1) : now);
  if (kept.schedule.next_at) return {};
  return Error{ErrorCode::kInvalidArgument, "cron has no time that is left"};
}

bool same_times(const Schedule& left, const Schedule& right) {
  return left.at == right.at && left.every == right.every && left.cron == right.cron &&
         left.time_zone == right.time_zone && left.enabled == right.enabled;
}

bool same_definition(const Schedule& left, const Schedule& right) {
  return same_times(left, right) && left.event == right.event && left.data == right.data &&
         left.catch_up == right.catch_up && left.from_manifest == right.from_manifest;
}

}  // namespace sublet::events

// SPDX-License-Identifier: Apache-2.0
#include "hostcall/events/arguments.h"

#include <array>
#include <chrono>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include "base/json_cursor.h"
#include "base/json_scan.h"
#include "hostcall/argument_objects.h"
#include "hostcall/events/iso_time.h"

namespace sublet::hostcall {
namespace {

using base::JsonCursor;
using base::JsonKind;
using std::chrono::milliseconds;

// As far as a time may be from now: Publication::not_before, Schedule::every.
constexpr double kMostSeconds = 400.0 * 24 * 60 * 60;

Result<milliseconds> read_seconds(JsonCursor& cursor, std::string_view what) {
  if (cursor.kind() != JsonKind::kNumber) {
    return wrong(std::string(what) + " must be a number of seconds");
  }
  const Result<double> seconds = read_number(cursor, what);
  if (!seconds) return seconds.error();
  if (!(*seconds >= 0 && *seconds <= kMostSeconds)) {
    return wrong(std::string(what) + " must be from 0 seconds to 400 days");
  }
  return milliseconds(std::llround(*seconds * 1000));
}

// A Date comes as its milliseconds since 1970.
Result<EventTime> read_time(JsonCursor& cursor, std::string_view what) {
  std::optional<EventTime> time;
  if (cursor.kind() == JsonKind::kString) {
    time = parse_iso(cursor.string());
  } else if (cursor.kind() == JsonKind::kNumber) {
    const auto count = base::whole_number(cursor.raw());
    if (count && milliseconds(*count) <= kLastTime.time_since_epoch()) {
      time = EventTime(milliseconds(*count));
    }
  }
  if (time) return *time;
  return wrong(std::string(what) +
               " must be a Date from 1970 on, or a text like \"2026-01-31T09:00:00Z\"");
}

struct PublicationReading {
  Publication made;
  EventTime now{};
  std::optional<milliseconds> delay;
};

Result<void> read_delay(JsonCursor& cursor, PublicationReading& out) {
  const Result<milliseconds> delay = read_seconds(cursor, "delay");
  if (!delay) return delay.error();
  out.delay = *delay;
  return {};
}

Result<void> read_at(JsonCursor& cursor, PublicationReading& out) {
  const Result<EventTime> at = read_time(cursor, "at");
  if (!at) return at.error();
  out.made.not_before = *at;
  return {};
}

Result<void> read_expires_in(JsonCursor& cursor, PublicationReading& out) {
  const Result<milliseconds> wait = read_seconds(cursor, "expiresIn");
  if (!wait) return wait.error();
  out.made.expires_at = out.now + *wait;
  return {};
}

Result<void> read_idempotency_key(JsonCursor& cursor, PublicationReading& out) {
  std::string& key = out.made.idempotency_key;
  if (Result<void> read = put_text(cursor, "idempotencyKey", key); !read) return read;
  if (!key.empty() && key.size() <= kMaxIdempotencyKey) return {};
  return wrong("idempotencyKey must have 1 to " + std::to_string(kMaxIdempotencyKey) + " bytes");
}

constexpr std::array<Field<PublicationReading>, 6> kPublicationFields = {{
    {"key", [](JsonCursor& cursor,
               PublicationReading& out) { return put_text(cursor, "key", out.made.ordering_key); }},
    {"idempotencyKey", read_idempotency_key},
    {"delay", read_delay},
    {"at", read_at},
    {"expiresIn", read_expires_in},
    {"extension",
     [](JsonCursor& cursor, PublicationReading& out) {
       return put_text(cursor, "extension", out.made.extension);
     }},
}};

Result<void> read_data(JsonCursor& cursor, const EventAccess& access, std::string& out) {
  const std::string_view data = cursor.raw();
  if (data.size() > access.payload.count) {
    return wrong("the data has " + std::to_string(data.size()) + " bytes, more than the limit of " +
                 std::to_string(access.payload.count) + " (payload)");
  }
  if (!base::scan_json(data, access.payload_depth).ok()) {
    return wrong("the data is nested deeper than the limit of " +
                 std::to_string(access.payload_depth) + " (payload_depth)");
  }
  out = data;
  return {};
}

Result<void> finish(PublicationReading& reading, const EventAccess& access) {
  Publication& made = reading.made;
  if (reading.delay) {
    if (made.not_before) return wrong("only one of delay and at can be given");
    made.not_before = reading.now + *reading.delay;
  }
  made.tenant = access.tenant;
  // One extension's keys mean nothing to others and to the host.
  if (!made.idempotency_key.empty()) {
    made.idempotency_key = "extension/" + access.extension + "/" + made.idempotency_key;
  }
  return {};
}

Result<Publication> read_publication(JsonCursor& cursor, const EventAccess& access, EventTime now) {
  PublicationReading reading;
  reading.now = now;
  if (cursor.kind() != JsonKind::kArray) return wrong("a publication is no array");
  cursor.enter();
  if (!cursor.next_element()) return wrong("the event is missing");
  Result<void> read = put_text(cursor, "the event", reading.made.event);
  // Nothing is asked of an array that has ended: the cursor is behind it then.
  bool more = read && cursor.next_element();
  if (more) {
    read = read_object<PublicationReading>(cursor, kPublicationFields, reading);
    more = read && cursor.next_element();
  }
  if (more) {
    read = read_data(cursor, access, reading.made.payload);
    more = read && cursor.next_element();
  }
  if (!read) return read.error();
  if (more) return wrong("there are too many arguments");
  if (Result<void> finished = finish(reading, access); !finished) return finished.error();
  return std::move(reading.made);
}

struct ScheduleReading {
  Schedule& made;
  bool named = true;  // the name is one of the members
  int times = 0;      // of at, every and cron
};

// The first one comes in place of what was there before.
void begin_time(ScheduleReading& out) {
  if (++out.times > 1) return;
  out.made.at.reset();
  out.made.every = milliseconds(0);
  out.made.cron.clear();
}

Result<void> read_schedule_at(JsonCursor& cursor, ScheduleReading& out) {
  const Result<EventTime> at = read_time(cursor, "at");
  if (!at) return at.error();
  begin_time(out);
  out.made.at = *at;
  return {};
}

Result<void> read_every(JsonCursor& cursor, ScheduleReading& out) {
  const Result<milliseconds> every = read_seconds(cursor, "every");
  if (!every) return every.error();
  begin_time(out);
  out.made.every = *every;
  return {};
}

Result<void> read_cron(JsonCursor& cursor, ScheduleReading& out) {
  std::string cron;
  if (Result<void> read = put_text(cursor, "cron", cron); !read) return read;
  begin_time(out);
  out.made.cron = std::move(cron);
  return {};
}

Result<void> read_catch_up(JsonCursor& cursor, ScheduleReading& out) {
  // As in CatchUp.
  static constexpr std::array<std::string_view, 3> kRules = {"skip", "once", "all"};
  const Result<std::size_t> word = read_word(cursor, "catchUp", kRules);
  if (!word) return word.error();
  out.made.catch_up = static_cast<CatchUp>(*word);
  return {};
}

Result<void> read_enabled(JsonCursor& cursor, ScheduleReading& out) {
  if (cursor.kind() != JsonKind::kBoolean) return wrong("enabled must be true or false");
  out.made.enabled = cursor.raw() == "true";
  return {};
}

Result<void> read_schedule_name(JsonCursor& cursor, ScheduleReading& out) {
  return put_text(cursor, "name", out.made.name);
}
Result<void> read_event(JsonCursor& cursor, ScheduleReading& out) {
  return put_text(cursor, "event", out.made.event);
}
Result<void> read_time_zone(JsonCursor& cursor, ScheduleReading& out) {
  return put_text(cursor, "timeZone", out.made.time_zone);
}
Result<void> read_schedule_data(JsonCursor& cursor, ScheduleReading& out) {
  out.made.data = cursor.raw();
  return {};
}

// The name is the first one.
constexpr std::array<Field<ScheduleReading>, 9> kScheduleFields = {{
    {"name", read_schedule_name},
    {"event", read_event},
    {"at", read_schedule_at},
    {"every", read_every},
    {"cron", read_cron},
    {"timeZone", read_time_zone},
    {"data", read_schedule_data},
    {"catchUp", read_catch_up},
    {"enabled", read_enabled},
}};

Result<void> read_members(JsonCursor& cursor, ScheduleReading& reading) {
  const std::span<const Field<ScheduleReading>> known(kScheduleFields);
  Result<void> read = read_object(cursor, reading.named ? known : known.subspan(1), reading);
  if (!read) return read;
  if (reading.times > 1) return wrong("only one of at, every and cron can be given");
  return {};
}

// What is nested deeper is refused by who keeps schedules, too.
constexpr std::uint32_t kMaxDepth = 1000;

}  // namespace

Result<std::vector<Publication>> read_publications(std::string_view arguments, bool several,
                                                   const EventAccess& access, EventTime now) {
  JsonCursor cursor(arguments);
  if (!base::scan_json(arguments, base::kMaxJsonDepth).ok() || cursor.kind() != JsonKind::kArray) {
    return wrong("the arguments are no array");
  }
  std::vector<Publication> made;
  cursor.enter();
  while (cursor.next_element()) {
    const std::string where =
        several ? "publications[" + std::to_string(made.size()) + "]: " : std::string();
    if (made.size() == (several ? kMaxPublications : 1)) {
      return wrong("there are more than " + std::to_string(made.size()) + " publications");
    }
    Result<Publication> one = read_publication(cursor, access, now);
    if (!one) return wrong(where + one.error().message);
    made.push_back(std::move(one).value());
  }
  return made;
}

Result<Schedule> read_schedule(std::string_view arguments, const EventAccess& access) {
  Schedule made;
  made.tenant = access.tenant;
  made.extension = access.extension;
  ScheduleReading reading{made};
  JsonCursor cursor(arguments);
  Result<void> read = enter_arguments(arguments, kMaxDepth, cursor);
  if (read) read = read_members(cursor, reading);
  if (!read) return read.error();
  if (cursor.next_element()) return wrong("there are too many arguments");
  if (made.name.empty()) return wrong("name is missing");
  if (made.event.empty()) return wrong("event is missing");
  if (reading.times == 0) return wrong("one of at, every and cron must be given");
  return made;
}

Result<std::string> read_name(std::string_view arguments) {
  JsonCursor cursor(arguments);
  std::string name;
  Result<void> read = enter_arguments(arguments, kMaxDepth, cursor);
  if (read) read = put_text(cursor, "the name", name);
  if (!read) return read.error();
  if (cursor.next_element()) return wrong("there are too many arguments");
  if (name.empty()) return wrong("the name is empty");
  return name;
}

Result<ScheduleChanges> read_changes(std::string_view arguments) {
  JsonCursor cursor(arguments);
  ScheduleChanges changes;
  Result<void> read = enter_arguments(arguments, kMaxDepth, cursor);
  if (read) read = put_text(cursor, "the name", changes.name);
  if (!read) return read.error();
  if (changes.name.empty()) return wrong("the name is empty");
  if (!cursor.next_element()) return wrong("the changes are missing");
  changes.members = cursor.raw();
  if (cursor.next_element()) return wrong("there are too many arguments");
  Schedule scratch;
  if (read = apply_changes(changes.members, scratch); !read) return read.error();
  return changes;
}

Result<void> apply_changes(std::string_view members, Schedule& schedule) {
  ScheduleReading reading{schedule, /*named=*/false};
  JsonCursor cursor(members);
  return read_members(cursor, reading);
}

}  // namespace sublet::hostcall

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "policy/events/schedule_rule.h"
#include "times.h"

namespace sublet::policy {
namespace {

using std::chrono::local_seconds;
using std::chrono::minutes;
using std::chrono::sys_seconds;
using test::to_text;
using test::utc;

ScheduleRule rule_of(const std::string& cron, const std::string& zone) {
  Schedule schedule;
  schedule.cron = cron;
  schedule.time_zone = zone;
  return *ScheduleRule::compile(schedule, EventTime());
}

std::vector<std::string> times(const std::string& cron, const std::string& zone,
                               const std::string& after, std::size_t count) {
  const ScheduleRule rule = rule_of(cron, zone);
  std::vector<std::string> found;
  std::optional<EventTime> time = utc(after);
  while (found.size() < count && (time = rule.next_after(*time))) found.push_back(to_text(*time));
  return found;
}

using Times = std::vector<std::string>;

bool is_in(std::uint64_t bits, unsigned value) { return (bits >> value & 1) != 0; }

bool fits(const Cron& cron, local_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const auto minute = static_cast<unsigned>((time - day) / minutes(1));
  if (!is_in(cron.minutes, minute % 60) || !is_in(cron.hours, minute / 60)) return false;
  if (!is_in(cron.months, static_cast<unsigned>(date.month()))) return false;
  const bool of_month = is_in(cron.days, static_cast<unsigned>(date.day()));
  const bool of_week = is_in(cron.weekdays, std::chrono::weekday(day).c_encoding());
  const bool both = cron.any_day_of_month || cron.any_weekday;
  return both ? of_month && of_week : of_month || of_week;
}

// Minute by minute: a minute of the zone's clock fires when it is there for the first time, those
// that the clock jumps over fire together when it has.
Times brute_force(const Cron& cron, const TimeZone& zone, sys_seconds from, sys_seconds to) {
  Times found;
  std::set<local_seconds> seen;
  local_seconds before = zone.to_local(from - std::chrono::hours(26));
  for (sys_seconds now = from - std::chrono::hours(26); now <= to; now += minutes(1)) {
    const local_seconds local = zone.to_local(now);
    bool fires = seen.insert(local).second && fits(cron, local);
    for (local_seconds left_out = before + minutes(1); left_out < local; left_out += minutes(1)) {
      fires = fires || fits(cron, left_out);
    }
    if (fires && now > from) found.push_back(to_text(now));
    before = local;
  }
  return found;
}

std::string random_field(std::mt19937& random, int low, int high) {
  const auto pick = [&](int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random);
  };
  switch (pick(0, 4)) {
    case 0:
      return std::to_string(pick(low, high));
    case 1: {
      const int first = pick(low, high);
      return std::to_string(first) + "-" + std::to_string(pick(first, high));
    }
    case 2:
      return "*/" + std::to_string(pick(1, high));
    case 3:
      return std::to_string(pick(low, high)) + "," + std::to_string(pick(low, high));
    default:
      return "*";
  }
}

std::string random_cron(std::mt19937& random) {
  return random_field(random, 0, 59) + " " + random_field(random, 0, 23) + " " +
         random_field(random, 1, 28) + " * " + random_field(random, 0, 7);
}

}  // namespace

TEST_CASE("schedule: times that are left out fire right after, and once") {
  CHECK(times("30 2 * * *", "Europe/Berlin", "2026-03-27 12:00", 3) ==
        Times{"2026-03-28 01:30", "2026-03-29 01:00", "2026-03-30 00:30"});
  CHECK(times("*/20 2,3 * * *", "Europe/Berlin", "2026-03-29 00:00", 4) ==
        Times{"2026-03-29 01:00", "2026-03-29 01:20", "2026-03-29 01:40", "2026-03-30 00:00"});
  CHECK(times("30 2 * * *", "America/New_York", "2026-03-08 00:00", 2) ==
        Times{"2026-03-08 07:00", "2026-03-09 06:30"});
  CHECK(times("15 2 * * *", "Australia/Lord_Howe", "2026-10-03 00:00", 2) ==
        Times{"2026-10-03 15:30", "2026-10-04 15:15"});
  // A whole day that Samoa left out.
  CHECK(times("0 12 * * *", "Pacific/Apia", "2011-12-29 00:00", 3) ==
        Times{"2011-12-29 22:00", "2011-12-30 10:00", "2011-12-30 22:00"});
}

TEST_CASE("schedule: times that come twice fire once, at the first") {
  CHECK(times("30 2 * * *", "Europe/Berlin", "2026-10-24 12:00", 2) ==
        Times{"2026-10-25 00:30", "2026-10-26 01:30"});
  // Also where it is looked for within the second of the two.
  CHECK(times("30 2 * * *", "Europe/Berlin", "2026-10-25 01:10", 1) == Times{"2026-10-26 01:30"});
  CHECK(times("*/30 * * * *", "America/New_York", "2026-11-01 05:00", 3) ==
        Times{"2026-11-01 05:30", "2026-11-01 07:00", "2026-11-01 07:30"});
  CHECK(times("45 1 * * *", "Australia/Lord_Howe", "2026-04-04 00:00", 2) ==
        Times{"2026-04-04 14:45", "2026-04-05 15:15"});
}

TEST_CASE("schedule: zones with odd offsets") {
  CHECK(times("0 0 * * *", "Asia/Kathmandu", "2026-03-01 00:00", 2) ==
        Times{"2026-03-01 18:15", "2026-03-02 18:15"});
  CHECK(times("0 9 * * mon", "Pacific/Chatham", "2026-03-01 00:00", 2) ==
        Times{"2026-03-01 19:15", "2026-03-08 19:15"});
  CHECK(times("0 9 1 * *", "America/St_Johns", "2026-06-15 00:00", 1) == Times{"2026-07-01 11:30"});
}

TEST_CASE("schedule: the same as minute by minute, around each change of the clock") {
  std::mt19937 random(20'261'122);
  struct Change {
    const char* zone;
    const char* from;  // a day and a half before it, UTC
  };
  std::size_t fired = 0;
  for (const Change& change : std::vector<Change>{{"Europe/Berlin", "2026-03-27 13:00"},
                                                  {"Europe/Berlin", "2026-10-23 13:00"},
                                                  {"America/New_York", "2026-03-06 19:00"},
                                                  {"America/New_York", "2026-10-30 18:00"},
                                                  {"Australia/Lord_Howe", "2026-04-03 03:00"},
                                                  {"Australia/Lord_Howe", "2026-10-02 03:30"},
                                                  {"Pacific/Apia", "2011-12-28 22:00"},
                                                  {"Pacific/Chatham", "2026-04-03 02:00"},
                                                  {"Antarctica/Troll", "2026-03-27 13:00"},
                                                  {"Africa/Casablanca", "2026-02-13 14:00"},
                                                  {"America/Havana", "2026-10-30 17:00"},
                                                  {"Asia/Kathmandu", "2026-02-27 13:00"},
                                                  {"", "2026-02-27 13:00"}}) {
    const TimeZone zone = *TimeZone::find(change.zone);
    const sys_seconds from(test::seconds_of(change.from));
    const sys_seconds to = from + std::chrono::days(3);
    for (int turn = 0; turn < 25; ++turn) {
      const std::string cron = random_cron(random);
      CAPTURE(cron);
      CAPTURE(change.zone);
      const ScheduleRule rule = rule_of(cron, change.zone);
      Times found;
      for (auto time = rule.next_after(from); time && *time <= to; time = rule.next_after(*time)) {
        found.push_back(to_text(*time));
      }
      const Times expected = brute_force(*parse_cron(cron), zone, from, to);
      CHECK(found == expected);
      const auto last = rule.last_between(from, to);
      CHECK((last ? to_text(*last) : "") == (expected.empty() ? "" : expected.back()));
      fired += expected.size();
    }
  }
  CHECK(fired > 1'000);
}

}  // namespace sublet::policy

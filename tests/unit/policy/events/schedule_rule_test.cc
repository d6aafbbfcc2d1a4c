// SPDX-License-Identifier: Apache-2.0
#include "policy/events/schedule_rule.h"

#include <doctest/doctest.h>

#include <string>

#include "times.h"

namespace sublet::policy {
namespace {

using test::utc;

Schedule daily() {
  Schedule schedule;
  schedule.tenant = "acme";
  schedule.extension = "crm";
  schedule.name = "nightly";
  schedule.event = "crm.tidy";
  schedule.cron = "@daily";
  return schedule;
}

template <typename Change>
std::string fault_of(Change change) {
  Schedule schedule = daily();
  change(schedule);
  if (auto fits = check_schedule(schedule, EventPolicy()); !fits) return fits.error().message;
  const auto rule = ScheduleRule::compile(schedule, utc("2026-01-01 00:00"));
  return rule ? "" : rule.error().message;
}

}  // namespace

TEST_CASE("schedule: what is well-formed") {
  CHECK(fault_of([](Schedule&) {}) == "");
  CHECK(fault_of([](Schedule& s) { s.name = "nächtlich / 1"; }) == "");
  CHECK(fault_of([](Schedule& s) { s.data = R"({"a": [1e400, "\ud800"]})"; }) == "");
  CHECK(fault_of([](Schedule& s) {
          s.cron.clear();
          s.every = std::chrono::hours(24 * 400);
        }) == "");
  CHECK(fault_of([](Schedule& s) {
          s.cron.clear();
          s.at = utc("2000-01-01 00:00");
        }) == "");
}

TEST_CASE("schedule: an error names the field") {
  CHECK(fault_of([](Schedule& s) { s.tenant = "a b"; }).starts_with("tenant "));
  CHECK(fault_of([](Schedule& s) { s.extension = "A"; }).starts_with("extension "));
  CHECK(fault_of([](Schedule& s) { s.name = ""; }) == "name must have 1 to 128 bytes");
  CHECK(fault_of([](Schedule& s) { s.name = std::string(129, 'a'); }).starts_with("name "));
  CHECK(fault_of([](Schedule& s) { s.name = "a\nb"; }).starts_with("name "));
  CHECK(fault_of([](Schedule& s) { s.name = "\xff"; }).starts_with("name "));
  CHECK(fault_of([](Schedule& s) { s.event = ""; }).starts_with("event "));
  const std::string kinds = "exactly one of at, every and cron must be given";
  CHECK(fault_of([](Schedule& s) { s.cron = ""; }) == kinds);
  CHECK(fault_of([](Schedule& s) { s.every = std::chrono::hours(1); }) == kinds);
  CHECK(fault_of([](Schedule& s) { s.at = EventTime(); }) == kinds);
  CHECK(fault_of([](Schedule& s) { s.cron = "* * * * 9"; }) ==
        R"(cron: day of week "9" is not within 0 to 7)");
  CHECK(fault_of([](Schedule& s) { s.time_zone = "Mars/Olympus"; }) ==
        R"(time_zone "Mars/Olympus" is not known)");
  CHECK(fault_of([](Schedule& s) {
          s.cron.clear();
          s.every = std::chrono::hours(1);
          s.time_zone = "UTC";
        }) == "time_zone is of cron only");
  for (const auto every : {std::chrono::milliseconds(59'999), std::chrono::milliseconds(-1),
                           std::chrono::milliseconds(400LL * 86'400'000 + 1)}) {
    CHECK(fault_of([&](Schedule& s) {
            s.cron.clear();
            s.every = every;
          }) == "every must be 1 minute to 400 days");
  }
  CHECK(fault_of([](Schedule& s) {
          s.cron.clear();
          s.at = utc("10000-01-01 00:00");
        }) == "at must be before the year 10000");
  CHECK(fault_of([](Schedule& s) { s.data = "{"; }) == "data is no JSON, at byte 1");
  CHECK(fault_of([](Schedule& s) { s.data = '"' + std::string(4'095, 'a') + '"'; }) ==
        "data has 4097 bytes; it may have at most 4096");
  CHECK(fault_of([](Schedule& s) { s.data = std::string(64, '[') + std::string(64, ']'); }) ==
        "data is nested more than 63 deep");
}

TEST_CASE("schedule: an interval counts from when it was made") {
  Schedule schedule = daily();
  schedule.cron.clear();
  schedule.every = std::chrono::minutes(90);
  const auto rule = *ScheduleRule::compile(schedule, utc("2026-03-29 00:10"));
  CHECK(rule.next_after(utc("2020-01-01 00:00")) == utc("2026-03-29 01:40"));
  CHECK(rule.next_after(utc("2026-03-29 00:10")) == utc("2026-03-29 01:40"));
  CHECK(rule.next_after(utc("2026-03-29 01:39:59")) == utc("2026-03-29 01:40"));
  CHECK(rule.next_after(utc("2026-03-29 01:40")) == utc("2026-03-29 03:10"));
  CHECK(rule.last_between(utc("2026-03-29 01:40"), utc("2026-03-29 03:09")) == std::nullopt);
  CHECK(rule.last_between(utc("2026-03-29 01:40"), utc("2027-03-29 00:00")) ==
        utc("2027-03-28 22:40"));
}

TEST_CASE("schedule: one time is once, and then when it was made if it was past") {
  Schedule schedule = daily();
  schedule.cron.clear();
  schedule.at = utc("2026-05-01 12:00");
  auto rule = *ScheduleRule::compile(schedule, utc("2026-01-01 00:00"));
  CHECK(rule.next_after(utc("2026-01-01 00:00")) == utc("2026-05-01 12:00"));
  CHECK(rule.next_after(utc("2026-05-01 12:00")) == std::nullopt);
  rule = *ScheduleRule::compile(schedule, utc("2026-06-01 00:00"));
  CHECK(rule.next_after(utc("2026-05-31 23:59")) == utc("2026-06-01 00:00"));
}

}  // namespace sublet::policy

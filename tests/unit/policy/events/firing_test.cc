// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "policy/events/schedule_rule.h"
#include "times.h"

namespace sublet::policy {
namespace {

using std::chrono::minutes;
using test::utc;

ScheduleRule hourly() {
  Schedule schedule;
  schedule.cron = "@hourly";
  return *ScheduleRule::compile(schedule, EventTime());
}

// The times that fire at `now`, one decision after the other, and at last when it is due next.
struct Run {
  std::vector<EventTime> fired;
  std::optional<EventTime> due;
};

Run run(const ScheduleRule& rule, CatchUp rule_of_catch_up, EventTime due, EventTime now) {
  Run run{{}, due};
  std::uint32_t caught_up = 0;
  for (int turn = 0; turn < 10'000 && run.due && *run.due <= now; ++turn) {
    const Firing firing = decide_firing(rule, rule_of_catch_up, *run.due, now, caught_up);
    if (firing.at) run.fired.push_back(*firing.at);
    run.due = firing.next;
    caught_up = firing.caught_up;
  }
  return run;
}

}  // namespace

TEST_CASE("firing: on time it is the same by every rule") {
  for (const CatchUp rule : {CatchUp::kSkip, CatchUp::kOnce, CatchUp::kAll}) {
    const Run fired = run(hourly(), rule, utc("2026-03-01 10:00"), utc("2026-03-01 10:01"));
    CHECK(fired.fired == std::vector{utc("2026-03-01 10:00")});
    CHECK(fired.due == utc("2026-03-01 11:00"));
  }
}

TEST_CASE("firing: after a downtime none, one or each") {
  const EventTime due = utc("2026-03-01 10:00");
  const EventTime now = utc("2026-03-01 13:30");
  const Run skipped = run(hourly(), CatchUp::kSkip, due, now);
  CHECK(skipped.fired.empty());
  const Run once = run(hourly(), CatchUp::kOnce, due, now);
  CHECK(once.fired == std::vector{utc("2026-03-01 13:00")});
  const Run all = run(hourly(), CatchUp::kAll, due, now);
  CHECK(all.fired == std::vector{due, due + minutes(60), due + minutes(120), due + minutes(180)});
  for (const Run& one : {skipped, once, all}) CHECK(one.due == utc("2026-03-01 14:00"));
}

TEST_CASE("firing: what is on time after a downtime fires by each rule") {
  const EventTime due = utc("2026-03-01 10:00");
  const EventTime now = utc("2026-03-01 13:00:30");
  CHECK(run(hourly(), CatchUp::kSkip, due, now).fired == std::vector{utc("2026-03-01 13:00")});
  CHECK(run(hourly(), CatchUp::kOnce, due, now).fired == std::vector{utc("2026-03-01 13:00")});
  CHECK(run(hourly(), CatchUp::kAll, due, now).fired.size() == 4);
}

TEST_CASE("firing: catching up ends after a thousand") {
  const EventTime due = utc("2026-01-01 00:00");
  const Run all = run(hourly(), CatchUp::kAll, due, utc("2026-12-31 12:30"));
  CHECK(all.fired.size() == kMostCaughtUp);
  CHECK(all.fired.back() == due + minutes(60) * (kMostCaughtUp - 1));
  CHECK(all.due == utc("2026-12-31 13:00"));
}

TEST_CASE(
    "firing: a clock behind the queue's fires for the time that is due, and goes on after it") {
  for (const CatchUp rule : {CatchUp::kSkip, CatchUp::kOnce, CatchUp::kAll}) {
    const Firing firing =
        decide_firing(hourly(), rule, utc("2026-03-01 10:00"), utc("2026-03-01 08:00"), 0);
    CHECK(firing.at == utc("2026-03-01 10:00"));
    CHECK(firing.next == utc("2026-03-01 11:00"));
  }
}

TEST_CASE("firing: one time, missed or not") {
  Schedule schedule;
  schedule.at = utc("2026-03-01 10:00");
  const ScheduleRule rule = *ScheduleRule::compile(schedule, EventTime());
  const Firing late = decide_firing(rule, CatchUp::kOnce, *schedule.at, utc("2026-04-01 10:00"), 0);
  CHECK(late.at == schedule.at);
  CHECK_FALSE(late.next.has_value());
  const Firing missed =
      decide_firing(rule, CatchUp::kSkip, *schedule.at, utc("2026-04-01 10:00"), 0);
  CHECK_FALSE(missed.at.has_value());
  CHECK_FALSE(missed.next.has_value());
}

}  // namespace sublet::policy

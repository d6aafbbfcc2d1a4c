// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "policy/events/schedule_rule.h"
#include "schedule_bed.h"

namespace sublet::events {
namespace {

using namespace std::chrono_literals;
using test::create;
using test::hourly;
using test::list;
using test::ScheduleBed;
using Payloads = std::vector<std::string>;

std::string payload(const std::string& name, const std::string& at,
                    const std::string& data = "null") {
  return R"({"schedule":")" + name + R"(","scheduledAt":")" + at + R"(","data":)" + data + "}";
}

std::string hour(int hour) {
  return payload("one", "2026-03-01T" + std::string(hour < 10 ? "0" : "") + std::to_string(hour) +
                            ":00:00.000Z");
}

// One process that was down from 00:30 to `until`, with an hourly schedule.
Payloads after_downtime(CatchUp rule, std::chrono::milliseconds until) {
  ScheduleBed bed;
  auto before = bed.begin();
  Schedule schedule = hourly("one");
  schedule.catch_up = rule;
  CHECK(create(*before, schedule).has_value());
  bed.pass(30min);
  before->scheduler->stop();
  bed.pass(until - 30min);
  const auto after = bed.begin();
  bed.pass(2s);
  return bed.fired();
}

}  // namespace

TEST_CASE("schedules: what fires, and when") {
  ScheduleBed bed;
  const auto process = bed.begin();
  Schedule schedule = hourly("a \"b\"");
  schedule.data = R"({ "x": 1e400 })";
  REQUIRE(create(*process, schedule).has_value());
  bed.pass(1h - 1ms);
  CHECK(bed.fired().empty());
  // On the millisecond: it need not wait for the next look.
  bed.pass(1ms);
  CHECK(bed.fired() ==
        Payloads{payload(R"(a \"b\")", "2026-03-01T01:00:00.000Z", R"({ "x": 1e400 })")});
  bed.pass(3h);
  CHECK(bed.fired().size() == 4);
  CHECK(list(*process).front().last_at == bed.now());
}

TEST_CASE("schedules: one time fires once and is gone") {
  ScheduleBed bed;
  const auto process = bed.begin();
  Schedule schedule = hourly("one");
  schedule.cron.clear();
  schedule.at = bed.now() + 90s;
  REQUIRE(create(*process, schedule).has_value());
  schedule.name = "past";
  schedule.at = bed.now() - 24h;
  REQUIRE(create(*process, schedule).has_value());
  bed.pass(1s);
  CHECK(bed.fired() == Payloads{payload("past", "2026-03-01T00:00:00.000Z")});
  bed.pass(90s);
  CHECK(bed.fired().back() == payload("one", "2026-03-01T00:01:30.000Z"));
  CHECK(list(*process).empty());
  bed.pass(1h);
  CHECK(bed.fired().size() == 2);
}

TEST_CASE("schedules: of several processes one fires each time") {
  ScheduleBed bed;
  std::vector<std::unique_ptr<ScheduleBed::Process>> processes;
  for (int i = 0; i < 3; ++i) processes.push_back(bed.begin());
  for (int i = 0; i < 30; ++i) {
    Schedule schedule = hourly(std::to_string(i));
    schedule.cron = std::to_string(i) + "-59/30 * * * *";
    REQUIRE(create(*processes[static_cast<std::size_t>(i) % 3], schedule).has_value());
  }
  bed.pass(10h);
  const Payloads fired = bed.fired();
  CHECK(std::set<std::string>(fired.begin(), fired.end()).size() == fired.size());
  CHECK(fired.size() == 30 * 20);
}

TEST_CASE("schedules: after a downtime none, one or each") {
  CHECK(after_downtime(CatchUp::kSkip, 4h + 30min).empty());
  CHECK(after_downtime(CatchUp::kOnce, 4h + 30min) == Payloads{hour(4)});
  CHECK(after_downtime(CatchUp::kAll, 4h + 30min) == Payloads{hour(1), hour(2), hour(3), hour(4)});
  // The last one is on time.
  CHECK(after_downtime(CatchUp::kSkip, 4h + 30s) == Payloads{hour(4)});
  CHECK(after_downtime(CatchUp::kAll, 24h * 365).size() == policy::kMostCaughtUp);
}

TEST_CASE("schedules: a clock that jumps back fires nothing twice") {
  ScheduleBed bed;
  const auto process = bed.begin();
  REQUIRE(create(*process, hourly("one")).has_value());
  bed.pass(3h + 10min);
  bed.jump(-2h);
  bed.pass(2h + 49min);
  CHECK(bed.fired() == Payloads{hour(1), hour(2), hour(3)});
  bed.pass(2min);
  CHECK(bed.fired() == Payloads{hour(1), hour(2), hour(3), hour(4)});
}

TEST_CASE("schedules: a clock that jumps on is a downtime") {
  for (const auto& [rule, count] :
       {std::pair(CatchUp::kSkip, 0), std::pair(CatchUp::kOnce, 1), std::pair(CatchUp::kAll, 5)}) {
    ScheduleBed bed;
    const auto process = bed.begin();
    Schedule schedule = hourly("one");
    schedule.catch_up = rule;
    REQUIRE(create(*process, schedule).has_value());
    bed.pass(30min);
    bed.jump(5h);
    bed.pass(10s);
    CHECK(bed.fired().size() == static_cast<std::size_t>(count));
    bed.pass(30min);
    CHECK(bed.fired().size() == static_cast<std::size_t>(count) + 1);
  }
}

TEST_CASE("schedules: where the queue is away they fire when it is back") {
  ScheduleBed bed;
  const auto process = bed.begin();
  REQUIRE(create(*process, hourly("one")).has_value());
  process->queue->away = true;
  bed.pass(1h + 10s);
  CHECK(process->faults == 1);
  CHECK(bed.fired().empty());
  process->queue->away = false;
  bed.pass(1s);
  CHECK(bed.fired() == Payloads{hour(1)});
}

TEST_CASE("schedules: a lost answer is no second firing") {
  ScheduleBed bed;
  const auto process = bed.begin();
  REQUIRE(create(*process, hourly("one")).has_value());
  process->queue->loses_answer = true;
  bed.pass(2h + 10min);
  CHECK(bed.fired() == Payloads{hour(1), hour(2)});
}

TEST_CASE("schedules: what the publisher cannot take now is tried again, less and less often") {
  ScheduleBed bed;
  const auto process = bed.begin();
  REQUIRE(create(*process, hourly("one")).has_value());
  process->publisher->refuses = Error{ErrorCode::kResourceExhausted, "full"};
  bed.pass(1h + 10min);
  CHECK(bed.fired().empty());
  CHECK(process->faults > 8);
  CHECK(process->faults < 20);
  process->publisher->refuses.reset();
  bed.pass(61s);
  CHECK(bed.fired() == Payloads{hour(1)});
}

TEST_CASE("schedules: what no publisher ever takes is passed over") {
  ScheduleBed bed;
  const auto process = bed.begin();
  REQUIRE(create(*process, hourly("one")).has_value());
  process->publisher->refuses = Error{ErrorCode::kInvalidArgument, "data.x must be a string"};
  bed.pass(3h + 1min);
  CHECK(process->faults == 3);
  process->publisher->refuses.reset();
  bed.pass(1h);
  CHECK(bed.fired() == Payloads{hour(4)});
}

TEST_CASE("schedules: a process without the extension leaves them to one that has it") {
  ScheduleBed bed;
  const auto without = bed.begin(false);
  const auto with = bed.begin(false);
  REQUIRE(create(*with, hourly("one")).has_value());
  without->directory.extensions.clear();
  without->scheduler->start();
  with->scheduler->start();
  bed.pass(5h + 1s);
  CHECK(bed.fired().size() == 5);
}

TEST_CASE("schedules: where nobody has the extension they wait, without standing in others' way") {
  for (const bool tenant_known : {true, false}) {
    ScheduleBed bed;
    const auto process = bed.begin();
    REQUIRE(create(*process, hourly("one")).has_value());
    process->directory.extensions = {"shop"};
    process->directory.knows_tenant = tenant_known;
    bed.pass(1h);
    const int calls = process->queue->record_calls;
    bed.pass(10min);
    // A look each second, and being put off now and then.
    CHECK(process->queue->record_calls - calls < 620);
    CHECK(bed.fired().empty());
    process->directory.knows_tenant = true;
    process->directory.extensions = {"crm", "shop"};
    bed.pass(61s);
    CHECK(bed.fired() == Payloads{hour(1)});
  }
}

TEST_CASE("schedules: a day without their extension moves them on, and ends those of one time") {
  ScheduleBed bed;
  const auto process = bed.begin();
  Schedule each = hourly("one");
  each.catch_up = CatchUp::kAll;
  REQUIRE(create(*process, each).has_value());
  Schedule once = hourly("once");
  once.cron.clear();
  once.at = bed.now() + 30min;
  REQUIRE(create(*process, once).has_value());
  process->directory.extensions.clear();
  bed.pass(24h);
  CHECK(list(*process).size() == 2);
  bed.pass(2h + 1min);
  CHECK(list(*process).size() == 1);
  CHECK(*list(*process).front().next_at > bed.now());
  process->directory.extensions = {"crm"};
  bed.pass(1h);
  CHECK(bed.fired().size() == 1);
}

TEST_CASE("schedules: stopped ones leave no timer, and what is created then fires elsewhere") {
  ScheduleBed bed;
  auto process = bed.begin();
  process->scheduler->stop();
  CHECK(bed.timers.waiting() == 0);
  REQUIRE(create(*process, hourly("one")).has_value());
  CHECK(bed.timers.waiting() == 0);
  const auto other = bed.begin();
  process.reset();
  bed.pass(1h);
  CHECK(bed.fired() == Payloads{hour(1)});
}

}  // namespace sublet::events

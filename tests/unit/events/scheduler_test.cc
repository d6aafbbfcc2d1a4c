// SPDX-License-Identifier: Apache-2.0
#include "events/scheduler.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "schedule_bed.h"

namespace sublet::events {
namespace {

using namespace std::chrono_literals;
using test::answer_of;
using test::create;
using test::hourly;
using test::list;
using test::ScheduleBed;
using test::update;

std::vector<std::string> names(const std::vector<Schedule>& schedules) {
  std::vector<std::string> found;
  for (const Schedule& one : schedules) found.push_back(one.extension + "/" + one.name);
  return found;
}

using Names = std::vector<std::string>;

bool remove(ScheduleBed::Process& process, const std::string& name) {
  return answer_of<bool>(
             [&](auto done) { process.scheduler->remove("acme", "crm", name, std::move(done)); })
      .value_or(false);
}

Result<bool> declare(ScheduleBed::Process& process, std::vector<Schedule> declared) {
  return answer_of<bool>([&](auto done) {
    process.scheduler->set_declared("acme", "crm", std::move(declared), std::move(done));
  });
}

}  // namespace

TEST_CASE("scheduler: a schedule is kept as it was given") {
  ScheduleBed bed;
  const auto process = bed.begin(false);
  Schedule schedule = hourly("näch/tlich");
  schedule.time_zone = "Asia/Kathmandu";
  schedule.data = R"( {"n": 12345678901234567890, "s": "\ud800"} )";
  schedule.catch_up = CatchUp::kAll;
  schedule.from_manifest = true;  // which is not the caller's to say
  const Result<Schedule> made = create(*process, schedule);
  REQUIRE(made.has_value());
  const std::vector<Schedule> kept = list(*process);
  REQUIRE(kept.size() == 1);
  for (const Schedule& one : {*made, kept.front()}) {
    CHECK(one.tenant == "acme");
    CHECK(one.extension == "crm");
    CHECK(one.name == schedule.name);
    CHECK(one.event == schedule.event);
    CHECK(one.cron == schedule.cron);
    CHECK(one.time_zone == schedule.time_zone);
    CHECK(one.data == schedule.data);
    CHECK(one.catch_up == CatchUp::kAll);
    CHECK(one.enabled);
    CHECK_FALSE(one.from_manifest);
    CHECK(one.next_at == bed.now() + 15min);  // an hour of Kathmandu begins at a quarter past
    CHECK_FALSE(one.last_at.has_value());
  }
}

TEST_CASE("scheduler: names are taken once, and listed by extension and name") {
  ScheduleBed bed;
  const auto process = bed.begin(false);
  process->directory.extensions = {"a", "a-b", "a.b"};
  for (const char* extension : {"a.b", "a", "a-b"}) {
    for (const char* name : {"2", "1"}) {
      Schedule schedule = hourly(name);
      schedule.extension = extension;
      REQUIRE(create(*process, schedule).has_value());
    }
  }
  CHECK(names(list(*process)) == Names{"a/1", "a/2", "a-b/1", "a-b/2", "a.b/1", "a.b/2"});
  CHECK(names(list(*process, "a")) == Names{"a/1", "a/2"});
  CHECK(names(list(*process, "b")).empty());
  Schedule again = hourly("1");
  again.extension = "a";
  CHECK(create(*process, again).error().code == ErrorCode::kAlreadyExists);
}

TEST_CASE("scheduler: what is not accepted") {
  ScheduleBed bed;
  const auto process = bed.begin(false);
  Schedule schedule = hourly("one");
  schedule.tenant = "nobody";
  CHECK(create(*process, schedule).error().code == ErrorCode::kNotFound);
  schedule = hourly("one");
  schedule.event = "unheard";
  CHECK(create(*process, schedule).error().message ==
        R"(event "unheard" is none that extension "crm" listens to)");
  schedule = hourly("one");
  schedule.cron = "61 * * * *";
  CHECK(create(*process, schedule).error().code == ErrorCode::kInvalidArgument);
  schedule = hourly("one");
  schedule.data = "[" + std::string(5'000, ' ') + "]";
  CHECK(create(*process, schedule).error().code == ErrorCode::kInvalidArgument);
  process->directory.tenant_policy->events.schedule_data = Bytes::kibibytes(64);
  schedule.data = "[" + std::string(65'534, ' ') + "]";  // no room for the rest of it
  CHECK(create(*process, schedule).error().code == ErrorCode::kInvalidArgument);
  CHECK(list(*process).empty());
  CHECK(update(*process, hourly("one")).error().code == ErrorCode::kNotFound);
}

TEST_CASE("scheduler: a tenant has only so many") {
  ScheduleBed bed;
  const auto process = bed.begin(false);
  process->directory.tenant_policy->events.max_schedules = 2;
  REQUIRE(create(*process, hourly("1")).has_value());
  REQUIRE(create(*process, hourly("2")).has_value());
  CHECK(create(*process, hourly("3")).error().code == ErrorCode::kResourceExhausted);
  CHECK(update(*process, hourly("2")).has_value());
  CHECK(declare(*process, {hourly("4")}).error().code == ErrorCode::kResourceExhausted);
  CHECK(remove(*process, "1"));
  CHECK_FALSE(remove(*process, "1"));
  CHECK(create(*process, hourly("3")).has_value());
  CHECK(names(list(*process)) == Names{"crm/2", "crm/3"});
}

TEST_CASE("scheduler: an update keeps the times where it does not change them") {
  ScheduleBed bed;
  const auto process = bed.begin();
  Schedule schedule = hourly("one");
  schedule.cron.clear();
  schedule.every = 90min;
  REQUIRE(create(*process, schedule).has_value());
  bed.pass(2h);
  CHECK(bed.fired().size() == 1);
  schedule.data = "[1]";
  const EventTime begin = bed.now() - 2h;
  Result<Schedule> changed = update(*process, schedule);
  CHECK(changed->next_at == begin + 3h);
  CHECK(changed->last_at == begin + 90min);
  schedule.every = 60min;
  changed = update(*process, schedule);
  CHECK(changed->next_at == bed.now() + 1h);
  schedule.enabled = false;
  CHECK_FALSE(update(*process, schedule)->next_at.has_value());
  bed.pass(5h);
  CHECK(bed.fired().size() == 1);
  schedule.enabled = true;
  CHECK(update(*process, schedule)->next_at == bed.now() + 1h);
  bed.pass(1h + 1s);
  CHECK(bed.fired().size() == 2);
}

TEST_CASE("scheduler: what a manifest declares comes in place of what it declared before") {
  ScheduleBed bed;
  const auto process = bed.begin(false);
  REQUIRE(create(*process, hourly("own")).has_value());
  std::vector<Schedule> declared;
  for (int i = 0; i < 20; ++i) declared.push_back(hourly("m" + std::to_string(100 + i)));
  CHECK(declare(*process, declared).value_or(false));
  CHECK(list(*process).size() == 21);
  CHECK(list(*process).front().from_manifest);
  CHECK_FALSE(declare(*process, declared).value_or(true));  // as before
  const EventTime next = *list(*process).front().next_at;
  bed.pass(30min);
  declared.resize(2);
  declared[0].data = "1";       // keeps its times
  declared[1].cron = "@daily";  // has new ones
  CHECK(declare(*process, declared).value_or(false));
  const std::vector<Schedule> kept = list(*process);
  CHECK(names(kept) == Names{"crm/m100", "crm/m101", "crm/own"});
  CHECK(kept[0].next_at == next);
  CHECK(kept[1].next_at == bed.now() + 23h + 30min);
  CHECK(declare(*process, {hourly("a"), hourly("a")}).error().message ==
        R"(schedule "a" is declared twice)");
}

TEST_CASE("scheduler: an uninstall takes all of an extension's") {
  ScheduleBed bed;
  const auto process = bed.begin(false);
  for (int i = 0; i < 40; ++i) REQUIRE(create(*process, hourly(std::to_string(i))).has_value());
  Schedule other = hourly("other");
  other.extension = "shop";
  REQUIRE(create(*process, other).has_value());
  const auto remove_all = [&] {
    return answer_of<bool>(
        [&](auto done) { process->scheduler->remove_all("acme", "crm", std::move(done)); });
  };
  CHECK(remove_all().value_or(false));
  CHECK(names(list(*process)) == Names{"shop/other"});
  CHECK_FALSE(remove_all().value_or(true));
}

TEST_CASE("scheduler: where the queue is away each call says so") {
  ScheduleBed bed;
  const auto process = bed.begin(false);
  REQUIRE(create(*process, hourly("one")).has_value());
  process->queue->away = true;
  CHECK(create(*process, hourly("two")).error().code == ErrorCode::kUnavailable);
  CHECK(update(*process, hourly("one")).error().code == ErrorCode::kUnavailable);
  CHECK(declare(*process, {}).error().code == ErrorCode::kUnavailable);
  const auto removed = answer_of<bool>(
      [&](auto done) { process->scheduler->remove("acme", "crm", "one", std::move(done)); });
  CHECK(removed.error().code == ErrorCode::kUnavailable);
}

}  // namespace sublet::events

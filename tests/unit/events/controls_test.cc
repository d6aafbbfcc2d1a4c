// SPDX-License-Identifier: Apache-2.0
#include "events/controls.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "unit/events/event_bed.h"

namespace sublet::events {
namespace {

using namespace std::chrono_literals;
using test::Answer;
using test::EventBed;

const EventQueueName kQueue{"acme", "crm", "onTicket"};

EventControl control(EventAction action, EventScope scope = {}, Rate rate = {}) {
  EventControl made;
  made.action = action;
  made.scope = std::move(scope);
  made.rate = rate;
  return made;
}

// One process of several that share the bed's queue.
struct Process {
  explicit Process(EventBed& bed) : bed(bed), controls(Controls::create(bed.setup())) {
    controls->start([this] { ++changes; });
  }
  ~Process() { controls->stop(); }

  bool apply(EventControl control) {
    Answer<bool> answer;
    controls->apply(std::move(control), answer.callback());
    REQUIRE(answer.came());
    return answer.result().has_value();
  }
  std::string refusal(EventControl control) {
    Answer<bool> answer;
    controls->apply(std::move(control), answer.callback());
    REQUIRE(answer.came());
    return answer.result() ? "accepted" : answer.result().error().message;
  }
  bool lift(EventScope scope, EventAction action) {
    Answer<bool> answer;
    controls->lift(std::move(scope), action, answer.callback());
    REQUIRE(answer.came());
    REQUIRE(answer.result());
    return *answer.result();
  }
  ControlVerdict verdict(const EventQueueName& queue = kQueue) const {
    return controls->verdict(queue);
  }

  EventBed& bed;
  std::shared_ptr<Controls> controls;
  int changes = 0;
};

}  // namespace

TEST_CASE("controls: one holds here at once, and elsewhere within a second") {
  EventBed bed;
  Process here(bed), there(bed);
  CHECK_FALSE(here.verdict().paused);
  EventControl pause = control(EventAction::kPause, {"acme", "", ""});
  pause.reason = "maintenance";
  REQUIRE(here.apply(pause));
  CHECK(here.verdict().paused);
  CHECK(here.verdict().reason == "maintenance");
  CHECK_FALSE(there.verdict().paused);
  const int changes = there.changes;
  bed.timers.advance(1s);
  CHECK(there.verdict().paused);
  CHECK(there.changes == changes + 1);
  bed.timers.advance(5s);
  CHECK(there.changes == changes + 1);

  CHECK(there.lift({"acme", "", ""}, EventAction::kPause));
  CHECK_FALSE(there.verdict().paused);
  CHECK(here.verdict().paused);
  bed.timers.advance(1s);
  CHECK_FALSE(here.verdict().paused);
  CHECK_FALSE(here.lift({"acme", "", ""}, EventAction::kPause));
}

TEST_CASE("controls: a scope is of those that fit all that it names") {
  EventBed bed;
  Process process(bed);
  for (const EventScope& scope :
       {EventScope{}, EventScope{"acme", "", ""}, EventScope{"", "crm", ""},
        EventScope{"", "", "onTicket"}, EventScope{"acme", "crm", "onTicket"}}) {
    REQUIRE(process.apply(control(EventAction::kDrain, scope)));
    CHECK(process.verdict().drained);
    CHECK(process.verdict({"other", "crm", "onTicket"}).drained == scope.tenant.empty());
    CHECK(process.verdict({"acme", "other", "onTicket"}).drained == scope.extension.empty());
    CHECK(process.verdict({"acme", "crm", "other"}).drained == scope.event.empty());
    CHECK(process.verdict({"acme", "", "onTicket"}).drained == scope.extension.empty());
    REQUIRE(process.lift(scope, EventAction::kDrain));
  }
}

TEST_CASE("controls: of several the strictest of each acts") {
  EventBed bed;
  Process process(bed);
  REQUIRE(process.apply(control(EventAction::kThrottle, {}, {100, 1s, 0})));
  REQUIRE(process.apply(control(EventAction::kThrottle, {"acme", "", ""}, {10, 1s, 0})));
  REQUIRE(process.apply(control(EventAction::kThrottle, {"acme", "crm", ""}, {1000, 1min, 0})));
  EventControl deny = control(EventAction::kDeny, {"acme", "crm", ""});
  deny.reason = "abuse";
  REQUIRE(process.apply(deny));
  REQUIRE(process.apply(control(EventAction::kPause)));
  const ControlVerdict verdict = process.verdict();
  REQUIRE(verdict.throttle);
  CHECK(*verdict.throttle == Rate{10, 1s, 0});
  CHECK(verdict.denied);
  CHECK(verdict.paused);
  CHECK_FALSE(verdict.drained);
  CHECK(verdict.reason == "abuse");
  CHECK(process.controls->all().size() == 5);
  // In place of the one of the same scope and action.
  REQUIRE(process.apply(control(EventAction::kThrottle, {"acme", "", ""}, {1, 1s, 0})));
  CHECK(process.controls->all().size() == 5);
  CHECK(*process.verdict().throttle == Rate{1, 1s, 0});
}

TEST_CASE("controls: one ends by itself by the calendar, and that is told") {
  EventBed bed;
  Process process(bed), other(bed);
  EventControl pause = control(EventAction::kPause);
  pause.until = bed.now() + 10s;
  REQUIRE(process.apply(pause));
  bed.timers.advance(9999ms);
  CHECK(process.verdict().paused);
  CHECK(other.verdict().paused);
  const int changes = process.changes;
  bed.timers.advance(1ms);
  CHECK_FALSE(process.verdict().paused);
  CHECK_FALSE(other.verdict().paused);
  CHECK(process.controls->all().empty());
  bed.timers.advance(1s);
  CHECK(process.changes == changes + 1);
  // The calendar goes on by itself, too.
  pause.until = bed.now() + 48h;
  REQUIRE(process.apply(pause));
  bed.calendar_step = 49h;
  CHECK_FALSE(process.verdict().paused);
}

TEST_CASE("controls: one in dry run does nothing and is told once a second of each queue") {
  EventBed bed;
  Process process(bed);
  EventControl deny = control(EventAction::kDeny, {"acme", "", ""});
  deny.dry_run = true;
  REQUIRE(process.apply(deny));
  for (int i = 0; i < 5; ++i) CHECK_FALSE(process.verdict().denied);
  REQUIRE(bed.would_act.size() == 1);
  CHECK(bed.would_act[0].first.action == EventAction::kDeny);
  CHECK(bed.would_act[0].second == EventScope{"acme", "crm", "onTicket"});
  CHECK_FALSE(process.verdict({"acme", "other", "onTicket"}).denied);
  CHECK_FALSE(process.verdict({"beta", "crm", "onTicket"}).denied);
  CHECK(bed.would_act.size() == 2);
  bed.timers.advance(1s);
  CHECK_FALSE(process.verdict().denied);
  CHECK(bed.would_act.size() == 3);
}

TEST_CASE("controls: the last known ones stay in force while the queue is away") {
  EventBed bed;
  Process process(bed);
  REQUIRE(process.apply(control(EventAction::kPause)));
  bed.queue->fault = [](const std::string&) {
    return Error{ErrorCode::kUnavailable, "it is away"};
  };
  bed.timers.advance(10s);
  CHECK(process.verdict().paused);
  CHECK(bed.faults.size() == 1);  // and not each second
  CHECK(process.refusal(control(EventAction::kDeny)) == "it is away");
  CHECK_FALSE(process.verdict().denied);
  bed.queue->fault = nullptr;
  bed.timers.advance(1s);
  CHECK(process.verdict().paused);
  CHECK(process.lift({}, EventAction::kPause));
}

TEST_CASE("controls: nothing begins before they were read for the first time") {
  EventBed bed;
  bed.queue->fault = [](const std::string&) {
    return Error{ErrorCode::kUnavailable, "it is away"};
  };
  Process process(bed);
  CHECK(process.verdict().paused);
  CHECK_FALSE(process.verdict().denied);
  bed.queue->fault = nullptr;
  bed.timers.advance(1s);
  CHECK_FALSE(process.verdict().paused);
  CHECK(process.changes == 1);
}

TEST_CASE("controls: what was read before an own change does not undo it") {
  EventBed bed;
  Process process(bed);
  bed.queue->holds = [](const std::string& call) { return call == "read_records"; };
  bed.timers.advance(1s);
  CHECK(bed.queue->held() == 1);
  bed.queue->holds = nullptr;
  REQUIRE(process.apply(control(EventAction::kPause)));
  CHECK(process.verdict().paused);
  bed.queue->release();
  CHECK(process.verdict().paused);
  CHECK(bed.queue->calls["read_records"] >= 3);  // it was read again
}

TEST_CASE("controls: more than a page of them, and records that are none") {
  EventBed bed;
  Process other(bed);
  std::vector<EventRecordWrite> odd(2);
  for (EventRecordWrite& write : odd) {
    write.kind = "control";
    write.data = R"({"action":"pause"})";
  }
  odd[0].name = "pause crm ";  // says another scope than its name
  odd[1].name = "something";
  Answer<EventEnqueued> written;
  bed.queue->write_records(odd, written.callback());
  for (int i = 0; i < 1500; ++i) {
    EventRecordWrite write;
    write.kind = "control";
    write.tenant = "t" + std::to_string(i);
    write.name = "pause  ";
    write.data = R"({"action":"pause"})";
    Answer<EventEnqueued> one;
    bed.queue->write_records({write}, one.callback());
  }
  bed.timers.advance(1s);
  CHECK(other.controls->all().size() == 1500);
  CHECK(other.verdict({"t1499", "", "e"}).paused);
  CHECK_FALSE(other.verdict().paused);
}

TEST_CASE("controls: what is malformed is refused") {
  EventBed bed;
  Process process(bed);
  CHECK(process.refusal(control(EventAction::kPause, {"a b", "", ""}))
            .starts_with("EventScope::tenant"));
  CHECK(process.refusal(control(EventAction::kPause, {"a", "A", ""}))
            .starts_with("EventScope::extension"));
  CHECK(process.refusal(control(EventAction::kPause, {"a", "", "a b"}))
            .starts_with("EventScope::event"));
  CHECK(process.refusal(control(EventAction::kThrottle)) ==
        "EventControl::rate.count is 0; it must be between 1 and 1000000000");
  EventControl made = control(EventAction::kPause);
  made.until = bed.now();
  CHECK(process.refusal(made) == "EventControl::until is over");
  made = control(EventAction::kPause);
  made.reason = std::string(1025, 'a');
  CHECK(process.refusal(made) == "EventControl::reason has more than 1024 bytes");
  made.reason = "\xff";
  CHECK(process.refusal(made) == "EventControl::reason is not UTF-8");
  CHECK(process.refusal(control(static_cast<EventAction>(9))) == "EventControl::action is none");
  CHECK(process.controls->all().empty());
}

TEST_CASE("controls: after stop() nothing is read or told") {
  EventBed bed;
  Process process(bed);
  process.controls->stop();
  const int reads = bed.queue->calls["read_records"];
  const int changes = process.changes;
  bed.timers.advance(5s);
  REQUIRE(process.apply(control(EventAction::kPause)));
  CHECK(process.verdict().paused);
  CHECK(bed.queue->calls["read_records"] == reads);
  CHECK(process.changes == changes);
  CHECK(bed.timers.waiting() == 0);
}

}  // namespace sublet::events

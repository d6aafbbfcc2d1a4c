// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "unit/hostcall/events/events_fixture.h"

namespace sublet::hostcall {
namespace {

constexpr std::string_view kOne = R"([["a",{},1]])";

TEST_CASE("events: a publication goes to the publisher, and its receipt comes as a completion") {
  EventSession side;
  side.causes = {"e-root", "e-before"};
  const auto start = side.call("events.publish", kOne);
  CHECK(start.kind == Kind::kPending);
  REQUIRE(side.publisher->published.size() == 1);
  CHECK(side.publisher->published[0].tenant == "acme");
  CHECK(side.publisher->published[0].payload == "1");
  CHECK(side.publisher->published[0].trace_parent == "parent");
  CHECK(side.publisher->published_by.source == events::Source::kExtension);
  CHECK(side.publisher->published_by.extension == "triage");
  CHECK(side.publisher->published_by.causes ==
        std::vector<std::string>{"e-root", "e-before", "e-1"});
  CHECK(side.sink->completions.empty());
  side.publisher->held[0](std::vector{receipt_of(PublishStatus::kAccepted)});
  REQUIRE(side.sink->completions.size() == 1);
  CHECK(side.sink->completions[0].ok);
  CHECK(side.sink->completions[0].id == start.id);
  CHECK(side.sink->completions[0].text == R"({"id":"e-9","status":"accepted","deliveries":2})");
}

TEST_CASE("events: every status has its word, and what was not accepted its message") {
  EventSession side;
  side.access.max_published = 100;
  const auto answer = [&](PublishReceipt receipt) {
    side.publisher->next = std::vector{std::move(receipt)};
    return side.answer_of("events.publish", kOne);
  };
  CHECK(answer(receipt_of(PublishStatus::kDuplicate)) ==
        R"({"id":"e-9","status":"duplicate","deliveries":2})");
  CHECK(answer(receipt_of(PublishStatus::kNobodyListens, "nobody")) ==
        R"({"id":"e-9","status":"nobody_listens","deliveries":0})");
  PublishReceipt throttled = receipt_of(PublishStatus::kThrottled, "too \"fast\"");
  throttled.retry_after = std::chrono::milliseconds(12'034);
  CHECK(answer(throttled) == R"({"id":"","status":"throttled","deliveries":0,)"
                             R"("message":"events.publish: too \"fast\"","retryAfter":12.034})");
  const std::pair<PublishStatus, std::string> refused[] = {
      {PublishStatus::kTooManyQueued, "too_many_queued"},
      {PublishStatus::kDenied, "denied"},
      {PublishStatus::kTooDeep, "too_deep"},
      {PublishStatus::kTooMany, "too_many"},
      {PublishStatus::kUnavailable, "unavailable"},
  };
  for (const auto& [status, word] : refused) {
    CHECK(answer(receipt_of(status, "m")) ==
          R"({"id":"","status":")" + word + R"(","deliveries":0,"message":"events.publish: m"})");
  }
}

TEST_CASE("events: several have a receipt each") {
  EventSession side;
  side.publisher->next =
      std::vector{receipt_of(PublishStatus::kAccepted), receipt_of(PublishStatus::kDenied, "no")};
  CHECK(side.answer_of("events.publishMany", R"([["a",{}],["b",{}]])") ==
        R"([{"id":"e-9","status":"accepted","deliveries":2},)"
        R"({"id":"","status":"denied","deliveries":0,"message":"events.publishMany: no"}])");
  CHECK(side.publisher->published.size() == 2);
  CHECK(side.answer_of("events.publishMany", "[]") == "[]");
  CHECK(side.publisher->published.size() == 2);
}

TEST_CASE("events: errors of the publisher are told as far as tenant code may know") {
  EventSession side;
  side.publisher->next = Error{ErrorCode::kInvalidArgument, "publications[0]: the payload is odd"};
  CHECK(side.answer_of("events.publish", kOne) ==
        "events_argument: events.publish: the payload is odd");
  CHECK(side.answer_of("events.publishMany", kOne) ==
        "events_argument: events.publishMany: publications[0]: the payload is odd");
  side.publisher->next = Error{ErrorCode::kUnavailable, "connection to 10.0.0.7 refused"};
  CHECK(side.answer_of("events.publish", kOne) ==
        "unavailable: events.publish: the host's event queue cannot do it now");
  side.publisher->next = std::vector<PublishReceipt>{};
  CHECK(side.answer_of("events.publish", kOne) ==
        "unavailable: events.publish: the host's event queue cannot do it now");
}

TEST_CASE("events: what is wrong is refused at once and publishes nothing") {
  EventSession side;
  CHECK(side.answer_of("events.publish", R"([["a",{"dalay":1}]])") ==
        "events_argument: events.publish: there is no option \"dalay\"; did you mean \"delay\"?");
  CHECK(side.answer_of("events.subscribe", "[]") ==
        ": events.subscribe is not a capability of this host");
  CHECK(side.answer_of("schedule.stop", "[]") ==
        ": schedule.stop is not a capability of this host");
  CHECK(side.publisher->published.empty());
  Usage usage;
  side.session->add_to(usage);
  CHECK(usage.host_calls == 3);
  CHECK(usage.events_published == 0);
}

TEST_CASE("events: a host without a queue says so") {
  SessionFixture side;
  for (const char* name : {"events.publish", "schedule.list", "webhooks.url"}) {
    const auto start = side.session().start_call(name, "[]");
    CHECK(start.kind == Kind::kRefused);
    CHECK(start.code == "no_event_queue");
    CHECK(start.text == std::string(name) + ": this host has no event queue");
  }
  CHECK(side.session().remaining().events == 0);
}

TEST_CASE("events: one too many is refused and decides the outcome") {
  EventSession side;
  side.access.max_published = 3;
  side.begin();
  CHECK(side.session->remaining().events == 3);
  CHECK(side.answer_of("events.publishMany", R"([["a",{}],["b",{}]])") == "pending");
  CHECK(side.session->remaining().events == 1);
  CHECK(side.answer_of("events.publishMany", R"([["a",{}],["b",{}]])") ==
        "too_many: events.publishMany: the limit of 3 is reached (max_published)");
  CHECK(side.session->refused_for() == Outcome::kExceededHostCalls);
  CHECK(side.answer_of("events.publish", kOne) == "pending");
  CHECK(side.session->remaining().events == 0);
  CHECK(side.publisher->published.size() == 3);
  Usage usage;
  side.session->add_to(usage);
  CHECK(usage.events_published == 3);
  CHECK(contains(usage.limits_exceeded, Limit::kEvents));
}

TEST_CASE("events: in dry run one too many is published and reported") {
  EventSession side;
  side.access.max_published = 0;
  side.limits.dry_run = static_cast<LimitSet>(Limit::kEvents);
  CHECK(side.answer_of("events.publish", kOne) == "pending");
  CHECK_FALSE(side.session->refused_for().has_value());
  Usage usage;
  side.session->add_to(usage);
  CHECK(contains(usage.limits_exceeded, Limit::kEvents));
}

TEST_CASE("events: being throttled throttles the invocation") {
  EventSession side;
  side.publisher->next = std::vector{receipt_of(PublishStatus::kThrottled, "m")};
  CHECK(side.call("events.publish", kOne).kind == Kind::kAnswered);
  CHECK(side.session->refused_for() == Outcome::kThrottled);
}

TEST_CASE("events: host calls and those under way are counted") {
  EventSession side;
  side.limits.pending_host_calls = 1;
  CHECK(side.answer_of("events.publish", kOne) == "pending");
  CHECK(side.call("events.publish", kOne).text == "the limit of 1 is reached (pending_host_calls)");
}

TEST_CASE("events: what is under way at the end goes on, and its answer is dropped") {
  EventSession side;
  CHECK(side.answer_of("events.publish", kOne) == "pending");
  side.session->close();
  CHECK(side.call("events.publish", kOne).text == "the invocation is over");
  side.session.reset();
  REQUIRE(side.publisher->published.size() == 1);
  side.publisher->held[0](std::vector{receipt_of(PublishStatus::kThrottled, "m")});
  CHECK(side.sink->completions.empty());
}

TEST_CASE("schedule: made, found, listed and removed") {
  EventSession side;
  CHECK(side.answer_of("schedule.get", R"(["n"])").empty());
  CHECK(side.answer_of("schedule.create",
                       R"([{"name":"n","event":"e","every":60,"data":{"a":"\u20ac"}}])") ==
        R"({"name":"n","event":"e","every":60.000,"data":{"a":"\u20ac"},"catchUp":"once",)"
        R"("enabled":true,"fromManifest":false,"nextAt":"1970-01-01T00:01:00.000Z"})");
  CHECK(side.scheduler->schedules[0].extension == "triage");
  const std::string kept =
      R"({"name":"n","event":"e","every":60.000,"data":{"a":"\u20ac"},"catchUp":"once",)"
      R"("enabled":true,"fromManifest":false})";
  CHECK(side.answer_of("schedule.get", R"(["n"])") == kept);
  CHECK(side.answer_of("schedule.list", "[]") == "[" + kept + "]");
  CHECK(side.answer_of("schedule.delete", R"(["n"])") == "true");
  CHECK(side.scheduler->removed == std::vector<std::string>{"acme/triage/n"});
}

TEST_CASE("schedule: changes are made to what is kept") {
  EventSession side;
  Schedule kept;
  kept.tenant = "acme";
  kept.extension = "triage";
  kept.name = "n";
  kept.event = "e";
  kept.cron = "@daily";
  kept.time_zone = "Europe/Berlin";
  kept.from_manifest = true;
  kept.next_at = EventTime{};
  side.scheduler->schedules = {kept};
  CHECK(side.answer_of("schedule.update", R"(["n",{"enabled":false,"at":5}])") ==
        R"({"name":"n","event":"e","at":"1970-01-01T00:00:00.005Z","timeZone":"Europe/Berlin",)"
        R"("data":null,"catchUp":"once","enabled":false,"fromManifest":false})");
  REQUIRE(side.scheduler->updated.size() == 1);
  CHECK(side.scheduler->updated[0].extension == "triage");
  CHECK(side.scheduler->updated[0].cron.empty());
  CHECK_FALSE(side.scheduler->updated[0].next_at.has_value());
  CHECK(side.answer_of("schedule.update", R"(["m",{}])") ==
        "not_found: schedule.update: there is none so named");
  CHECK(side.answer_of("schedule.update", R"(["n",{"cron":1}])") ==
        "schedule_argument: schedule.update: cron must be a string");
}

TEST_CASE("schedule: refusals keep their meaning") {
  EventSession side;
  const auto refused = [&](ErrorCode code) {
    side.scheduler->failure = Error{code, "why"};
    return side.answer_of("schedule.create", R"([{"name":"n","event":"e","every":60}])");
  };
  CHECK(refused(ErrorCode::kInvalidArgument) == "schedule_argument: schedule.create: why");
  CHECK(refused(ErrorCode::kAlreadyExists) == "already_exists: schedule.create: why");
  CHECK(refused(ErrorCode::kResourceExhausted) == "too_many: schedule.create: why");
  CHECK(refused(ErrorCode::kIndeterminate) ==
        "indeterminate: schedule.create: it is not known whether it took effect");
  CHECK(refused(ErrorCode::kInternal) ==
        "unavailable: schedule.create: the host's event queue cannot do it now");
}

TEST_CASE("schedule: more than an answer may hold is refused") {
  EventSession side;
  side.scheduler->schedules.resize(3);
  side.limits.result = Bytes{200};
  CHECK(side.answer_of("schedule.list", "[]") ==
        "too_large: schedule.list: there are more than an answer may hold (result)");
}

TEST_CASE("webhooks: addresses come and go") {
  EventSession side;
  CHECK(side.answer_of("webhooks.url", R"(["stripe"])") ==
        R"("https://hooks.example/acme/triage/stripe")");
  CHECK(side.answer_of("webhooks.revoke", R"(["known"])") == "true");
  CHECK(side.answer_of("webhooks.revoke", R"(["other"])") == "false");
  side.webhooks->failure = Error{ErrorCode::kNotFound, "no webhook \"x\" is declared"};
  CHECK(side.answer_of("webhooks.url", R"(["x"])") ==
        "not_found: webhooks.url: no webhook \"x\" is declared");
  CHECK(side.answer_of("webhooks.url", "[7]") ==
        "webhooks_argument: webhooks.url: the name must be a string");
}

}  // namespace
}  // namespace sublet::hostcall

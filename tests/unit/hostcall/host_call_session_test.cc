// SPDX-License-Identifier: Apache-2.0
#include "hostcall/host_call_session.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "session_fixture.h"

namespace sublet::hostcall {
namespace {

using namespace std::chrono_literals;

TEST_CASE_FIXTURE(SessionFixture, "host calls: a synchronous function is answered at once") {
  HostCall seen;
  add("crm.find", [&](const HostCall& call) -> Result<std::string> {
    seen = call;
    return std::string(R"({"id":7})");
  });
  const auto start = session().start_call("host:crm.find", R"([1,"a"])");
  CHECK(start.kind == Kind::kAnswered);
  CHECK(start.text == R"({"id":7})");
  CHECK(seen.tenant == "acme");
  CHECK(seen.extension == "triage");
  CHECK(seen.event_id == "e-1");
  CHECK(seen.arguments == R"([1,"a"])");
  CHECK(usage().host_calls == 1);
}

TEST_CASE_FIXTURE(SessionFixture, "host calls: what is not there or not permitted is refused") {
  add("crm.find", [](const HostCall&) { return Result<std::string>(std::string("1")); });
  permitted = {"crm.update"};
  const auto unknown = session().start_call("host:crm.fund", "[]");
  CHECK(unknown.kind == Kind::kRefused);
  CHECK(unknown.text == "host.crm.fund is not a function of this host");
  const auto denied = session().start_call("host:crm.find", "[]");
  CHECK(denied.kind == Kind::kRefused);
  CHECK(denied.text == "host.crm.find is not permitted for this tenant");
  CHECK(session().start_call("tv.get", "[]").text == "tv.get is not a capability of this host");
  const auto no_store = session().start_call("kv.get", "", "a");
  CHECK(no_store.text == "kv.get: this host has no key-value store");
  CHECK(no_store.code == "kv_unavailable");
  permitted = {"crm.update", "crm.find"};
  CHECK(session().start_call("host:crm.find", "[]").kind == Kind::kAnswered);
  CHECK_FALSE(session().refused_for().has_value());
}

TEST_CASE_FIXTURE(SessionFixture, "host calls: answers are JSON, or an error with its message") {
  std::string json;
  add("f", [&](const HostCall&) { return Result<std::string>(json); });
  add("error", [](const HostCall&) -> Result<std::string> {
    return Error{ErrorCode::kNotFound, "no such contact"};
  });
  CHECK(session().start_call("host:f", "[]").kind == Kind::kAnswered);  // empty: undefined
  json = "{";
  const auto broken = session().start_call("host:f", "[]");
  CHECK(broken.kind == Kind::kRefused);
  CHECK(broken.text == "host function answered no JSON");
  const auto error = session().start_call("host:error", "[]");
  CHECK(error.kind == Kind::kRefused);
  CHECK(error.text == "no such contact");
}

TEST_CASE_FIXTURE(SessionFixture, "host calls: what a host function throws stays with the host") {
  add("a", [](const HostCall&) -> Result<std::string> { throw std::runtime_error("secret"); });
  add("b", [](const HostCall&) -> Result<std::string> { throw 7; });
  add_async("c", [](const HostCall&, HostCallAnswer) { throw std::runtime_error("other"); });
  for (const char* name : {"host:a", "host:b", "host:c"}) {
    const auto start = session().start_call(name, "[]");
    CHECK(start.kind == Kind::kRefused);
    CHECK(start.text == "host function failed");
  }
  CHECK(faults == std::vector<std::string>{"host.a: secret", "host.b: an exception of unknown type",
                                           "host.c: other"});
  CHECK(sink->completions.empty());
  CHECK_FALSE(turn_cpu.paused);
  SUBCASE("even where the report throws too") {
    on_fault = [](std::string_view, std::string_view) { throw 1; };
    CHECK(session().start_call("host:a", "[]").text == "host function failed");
  }
}

TEST_CASE_FIXTURE(SessionFixture, "host calls: an asynchronous answer comes under the call's id") {
  std::vector<HostCallAnswer> answers;
  add_async("f", [&](const HostCall&, HostCallAnswer answer) { answers.push_back(answer); });
  const auto first = session().start_call("host:f", "[]");
  const auto second = session().start_call("host:f", "[]");
  REQUIRE(first.kind == Kind::kPending);
  REQUIRE(second.kind == Kind::kPending);
  CHECK(first.id != second.id);
  clock.advance(3ms);
  answers[1].resolve("2");
  clock.advance(4ms);
  answers[0].reject("no");
  answers[0].resolve("1");
  REQUIRE(sink->completions.size() == 2);
  CHECK(sink->completions[0].id == second.id);
  CHECK(sink->completions[0].ok);
  CHECK(sink->completions[0].text == "2");
  CHECK(sink->completions[1].id == first.id);
  CHECK_FALSE(sink->completions[1].ok);
  CHECK(sink->completions[1].text == "no");
  CHECK(usage().host_call_time == 10ms);
}

TEST_CASE_FIXTURE(SessionFixture,
                  "host calls: an answer given during the call needs no further turn") {
  add_async("f", [](const HostCall&, HostCallAnswer answer) { answer.resolve("[1]"); });
  add_async("broken", [](const HostCall&, HostCallAnswer answer) { answer.resolve("["); });
  add_async("dropped", [](const HostCall&, HostCallAnswer) {});
  const auto start = session().start_call("host:f", "[]");
  CHECK(start.kind == Kind::kAnswered);
  CHECK(start.text == "[1]");
  CHECK(session().start_call("host:broken", "[]").text == "host function answered no JSON");
  const auto dropped = session().start_call("host:dropped", "[]");
  CHECK(dropped.kind == Kind::kRefused);
  CHECK(dropped.text == "no answer");
  CHECK(sink->completions.empty());
}

TEST_CASE_FIXTURE(SessionFixture, "host calls: an asynchronous answer that is no JSON rejects") {
  std::optional<HostCallAnswer> answer;
  add_async("f", [&](const HostCall&, HostCallAnswer a) { answer = a; });
  REQUIRE(session().start_call("host:f", "[]").kind == Kind::kPending);
  answer->resolve("nonsense");
  REQUIRE(sink->completions.size() == 1);
  CHECK_FALSE(sink->completions[0].ok);
  CHECK(sink->completions[0].text == "host function answered no JSON");
}

TEST_CASE_FIXTURE(SessionFixture, "host calls: dropping every copy without an answer rejects") {
  std::optional<HostCallAnswer> answer;
  add_async("f", [&](const HostCall&, HostCallAnswer a) { answer = a; });
  REQUIRE(session().start_call("host:f", "[]").kind == Kind::kPending);
  answer.reset();
  REQUIRE(sink->completions.size() == 1);
  CHECK(sink->completions[0].text == "no answer");
}

TEST_CASE_FIXTURE(SessionFixture,
                  "host calls: closing stops what is under way and drops later answers") {
  std::optional<HostCallAnswer> answer;
  std::stop_token stop;
  add_async("f", [&](const HostCall& call, HostCallAnswer a) {
    answer = a;
    stop = call.stop;
  });
  REQUIRE(session().start_call("host:f", "[]").kind == Kind::kPending);
  REQUIRE(session().start_timer(10ms).kind == Kind::kPending);
  CHECK(stop.stop_possible());
  CHECK_FALSE(stop.stop_requested());
  clock.advance(6ms);
  session().close();
  session().close();
  CHECK(stop.stop_requested());
  CHECK(timers.waiting() == 0);
  clock.advance(6ms);
  answer->resolve("1");
  timers.advance(20ms);
  CHECK(sink->completions.empty());
  CHECK(usage().host_call_time == 6ms);

  CHECK(session().start_call("host:f", "[]").text == "the invocation is over");
  CHECK(session().start_timer(1ms).text == "the invocation is over");
  session().log(LogLevel::kInfo, "late");
  CHECK(session().take_logs().empty());
}

TEST_CASE_FIXTURE(SessionFixture,
                  "host calls: an answer may come after the session and its sink are gone") {
  std::optional<HostCallAnswer> answer;
  add_async("f", [&](const HostCall&, HostCallAnswer a) { answer = a; });
  {
    HostCallSession short_lived(setup());
    REQUIRE(short_lived.start_call("host:f", "[]").kind == Kind::kPending);
    sink.reset();
  }
  CHECK_NOTHROW(answer->resolve("1"));
}

TEST_CASE_FIXTURE(SessionFixture, "host calls: the host's CPU time is taken off the tenant's") {
  add("busy", [&](const HostCall&) {
    CHECK(turn_cpu.paused);
    clock.compute(30ms);
    return Result<std::string>(std::string("1"));
  });
  limits.cpu_time = 50ms;
  session().begin_turn(10ms, clock.thread_cpu());
  clock.compute(5ms);
  CHECK(session().remaining().cpu_time == 35ms);
  CHECK(session().start_call("host:busy", "[]").kind == Kind::kAnswered);
  CHECK_FALSE(turn_cpu.paused);
  CHECK(turn_cpu.resumed == std::vector<base::Nanoseconds>{30ms});
  CHECK(session().host_cpu_of_turn() == 30ms);
  CHECK(session().remaining().cpu_time == 35ms);
  CHECK(usage().host_call_time == 30ms);
  session().begin_turn(15ms, clock.thread_cpu());
  CHECK(session().host_cpu_of_turn() == 0ms);
  CHECK(session().remaining().cpu_time == 35ms);
}

TEST_CASE_FIXTURE(SessionFixture, "host calls: a host function that waits gives no CPU time away") {
  base::Nanoseconds waited = 30ms;
  add("waits", [&](const HostCall&) {
    clock.advance(waited);
    return Result<std::string>(std::string("1"));
  });
  session().start_call("host:waits", "[]");
  CHECK(session().host_cpu_of_turn() == 0ms);
  waited = 5us;  // too short to read the clock for: as if it had computed
  session().start_call("host:waits", "[]");
  CHECK(session().host_cpu_of_turn() == 5us);
}

TEST_CASE_FIXTURE(SessionFixture, "host calls: what remains counts down and stops at zero") {
  add("f", [](const HostCall&) { return Result<std::string>(std::string("1")); });
  limits.host_calls = 2;
  limits.log_lines = 2;
  limits.wall_time = 20ms;
  limits.cpu_time = 10ms;
  session().begin_turn(0ms, clock.thread_cpu());
  auto left = session().remaining();
  CHECK(left.host_calls == 2);
  CHECK(left.log_lines == 2);
  CHECK(left.wall_time == 20ms);
  for (int i = 0; i < 3; ++i) {
    session().start_call("host:f", "[]");
    session().log(LogLevel::kInfo, "x");
    clock.compute(7ms);
  }
  left = session().remaining();
  CHECK(left.host_calls == 0);
  CHECK(left.log_lines == 0);
  CHECK(left.wall_time == 0ms);
  CHECK(left.cpu_time == 0ms);
}

TEST_CASE_FIXTURE(SessionFixture, "timers: they complete once, in time, unless canceled") {
  const auto late = session().start_timer(20ms);
  const auto early = session().start_timer(-5ms);
  const auto canceled = session().start_timer(10ms);
  REQUIRE(late.kind == Kind::kPending);
  session().cancel_timer(canceled.id);
  session().cancel_timer(canceled.id);
  session().cancel_timer(999);
  timers.advance(0ms);
  REQUIRE(sink->completions.size() == 1);
  CHECK(sink->completions[0].id == early.id);
  CHECK(sink->completions[0].ok);
  CHECK(sink->completions[0].text.empty());
  timers.advance(1h);
  REQUIRE(sink->completions.size() == 2);
  CHECK(sink->completions[1].id == late.id);
  CHECK(usage().host_calls == 0);
}

TEST_CASE_FIXTURE(SessionFixture, "timers: any delay that JavaScript can name is taken") {
  CHECK(session().start_timer(std::chrono::milliseconds::max()).kind == Kind::kPending);
  CHECK(session().start_timer(std::chrono::milliseconds::min()).kind == Kind::kPending);
  timers.advance(1ms);
  CHECK(sink->completions.size() == 1);
}

}  // namespace
}  // namespace sublet::hostcall

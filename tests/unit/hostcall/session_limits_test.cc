// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "session_fixture.h"

// Each limit of a session: what it refuses, and that dry run only counts.
namespace sublet::hostcall {
namespace {

using namespace std::chrono_literals;

Result<std::string> answer_one(const HostCall&) { return std::string("1"); }

LimitSet only(Limit limit) { return static_cast<LimitSet>(limit); }

TEST_CASE_FIXTURE(SessionFixture, "session limits: host calls") {
  add("f", answer_one);
  limits.host_calls = 2;
  SUBCASE("enforced") {
    CHECK(session().start_call("host:f", "[]").kind == Kind::kAnswered);
    CHECK(session().start_call("host:unknown", "[]").kind == Kind::kRefused);  // counts as well
    CHECK_FALSE(session().refused_for().has_value());
    CHECK(usage().limits_exceeded == 0);
    const auto start = session().start_call("host:f", "[]");
    CHECK(start.kind == Kind::kRefused);
    CHECK(start.text == "the limit of 2 is reached (host_calls)");
    CHECK(session().refused_for() == Outcome::kExceededHostCalls);
    CHECK(usage().host_calls == 2);
  }
  SUBCASE("dry run") {
    limits.dry_run = only(Limit::kHostCalls);
    for (int i = 0; i < 3; ++i) {
      CHECK(session().start_call("host:f", "[]").kind == Kind::kAnswered);
    }
    CHECK_FALSE(session().refused_for().has_value());
    CHECK(usage().host_calls == 3);
  }
  CHECK(usage().limits_exceeded == only(Limit::kHostCalls));
}

TEST_CASE_FIXTURE(SessionFixture, "session limits: pending host calls") {
  std::vector<HostCallAnswer> answers;
  add_async("f", [&](const HostCall&, HostCallAnswer answer) { answers.push_back(answer); });
  limits.pending_host_calls = 1;
  SUBCASE("enforced") {
    CHECK(session().start_call("host:f", "[]").kind == Kind::kPending);
    const auto start = session().start_call("host:f", "[]");
    CHECK(start.kind == Kind::kRefused);
    CHECK(start.text == "the limit of 1 is reached (pending_host_calls)");
    CHECK(session().refused_for() == Outcome::kExceededHostCalls);
    CHECK(answers.size() == 1);
    answers[0].resolve("1");
    CHECK(session().start_call("host:f", "[]").kind == Kind::kPending);
  }
  SUBCASE("dry run") {
    limits.dry_run = only(Limit::kPendingHostCalls);
    CHECK(session().start_call("host:f", "[]").kind == Kind::kPending);
    CHECK(session().start_call("host:f", "[]").kind == Kind::kPending);
    CHECK_FALSE(session().refused_for().has_value());
  }
  CHECK(usage().limits_exceeded == only(Limit::kPendingHostCalls));
}

TEST_CASE_FIXTURE(SessionFixture, "session limits: size of the arguments") {
  add("f", answer_one);
  limits.payload = Bytes{6};
  CHECK(session().start_call("host:f", "[1234]").kind == Kind::kAnswered);
  CHECK(usage().limits_exceeded == 0);
  SUBCASE("enforced") {
    const auto start = session().start_call("host:f", "[12345]");
    CHECK(start.kind == Kind::kRefused);
    CHECK(start.text == "the arguments of host.f are larger than the limit of 6 bytes (payload)");
  }
  SUBCASE("dry run") {
    limits.dry_run = only(Limit::kPayload);
    CHECK(session().start_call("host:f", "[12345]").kind == Kind::kAnswered);
  }
  CHECK(usage().limits_exceeded == only(Limit::kPayload));
}

TEST_CASE_FIXTURE(SessionFixture, "session limits: depth of the arguments") {
  add("f", answer_one);
  limits.payload_depth = 2;
  CHECK(session().start_call("host:f", "[[]]").kind == Kind::kAnswered);
  CHECK(usage().limits_exceeded == 0);
  SUBCASE("enforced") {
    const auto start = session().start_call("host:f", "[[[]]]");
    CHECK(start.kind == Kind::kRefused);
    CHECK(start.text ==
          "the arguments of host.f are nested deeper than the limit of 2 (payload_depth)");
  }
  SUBCASE("dry run") {
    limits.dry_run = only(Limit::kPayloadDepth);
    CHECK(session().start_call("host:f", "[[[]]]").kind == Kind::kAnswered);
  }
  CHECK(usage().limits_exceeded == only(Limit::kPayloadDepth));
}

TEST_CASE_FIXTURE(SessionFixture, "session limits: size and depth of an answer") {
  std::string json;
  std::vector<HostCallAnswer> answers;
  add("f", [&](const HostCall&) { return Result<std::string>(json); });
  add_async("g", [&](const HostCall&, HostCallAnswer answer) { answers.push_back(answer); });
  limits.result = Bytes{6};
  limits.payload_depth = 2;
  const auto expect = [&](bool ok, const std::string& text, Limit limit) {
    const auto start = session().start_call("host:f", "[]");
    CHECK((start.kind == Kind::kAnswered) == ok);
    CHECK(start.text == text);
    REQUIRE(session().start_call("host:g", "[]").kind == Kind::kPending);
    answers.back().resolve(json);
    CHECK(sink->completions.back().ok == ok);
    CHECK(sink->completions.back().text == text);
    CHECK(usage().limits_exceeded == only(limit));
  };
  SUBCASE("size") {
    json = "[12345]";
    expect(false, "the host function's answer is larger than the limit of 6 bytes (result)",
           Limit::kResult);
  }
  SUBCASE("depth") {
    json = "[[[]]]";
    expect(false, "the host function's answer is nested deeper than the limit of 2 (payload_depth)",
           Limit::kPayloadDepth);
  }
  SUBCASE("size, dry run") {
    limits.dry_run = only(Limit::kResult);
    json = "[12345]";
    expect(true, json, Limit::kResult);
  }
  SUBCASE("depth, dry run") {
    limits.dry_run = only(Limit::kPayloadDepth);
    json = "[[[]]]";
    expect(true, json, Limit::kPayloadDepth);
  }
  SUBCASE("dry run still wants JSON") {
    limits.dry_run = only(Limit::kPayloadDepth);
    json = "[[[]}]";
    expect(false, "host function answered no JSON", Limit::kPayloadDepth);
  }
}

TEST_CASE_FIXTURE(SessionFixture, "session limits: timers") {
  limits.timers = 1;
  SUBCASE("enforced") {
    const auto first = session().start_timer(1ms);
    const auto second = session().start_timer(1ms);
    CHECK(second.kind == Kind::kRefused);
    CHECK(second.text == "the limit of 1 is reached (timers)");
    session().cancel_timer(first.id);
    CHECK(session().start_timer(1ms).kind == Kind::kPending);
    timers.advance(1ms);
    CHECK(session().start_timer(1ms).kind == Kind::kPending);
    CHECK_FALSE(session().refused_for().has_value());
  }
  SUBCASE("dry run") {
    limits.dry_run = only(Limit::kTimers);
    CHECK(session().start_timer(1ms).kind == Kind::kPending);
    CHECK(session().start_timer(1ms).kind == Kind::kPending);
  }
  CHECK(usage().limits_exceeded == only(Limit::kTimers));
}

TEST_CASE_FIXTURE(SessionFixture, "session limits: log lines") {
  limits.log_lines = 2;
  session().log(LogLevel::kWarn, "one");
  clock.advance(3ms);
  session().log(LogLevel::kError, "two");
  CHECK(usage().limits_exceeded == 0);
  SUBCASE("enforced: later ones are dropped and counted") {
    session().log(LogLevel::kInfo, "three");
    session().log(LogLevel::kInfo, "four");
    CHECK(usage().log_lines_dropped == 2);
    CHECK(usage().log_bytes == Bytes{6});
    const auto logs = session().take_logs();
    REQUIRE(logs.size() == 2);
    CHECK(logs[0].level == LogLevel::kWarn);
    CHECK(logs[0].at == 0ms);
    CHECK(logs[1].text == "two");
    CHECK(logs[1].at == 3ms);
    session().log(LogLevel::kInfo, "five");  // taking them makes no room
    CHECK(session().take_logs().empty());
  }
  SUBCASE("dry run: kept") {
    limits.dry_run = only(Limit::kLogLines);
    session().log(LogLevel::kInfo, "three");
    CHECK(usage().log_lines_dropped == 0);
    CHECK(session().take_logs().size() == 3);
  }
  CHECK(usage().limits_exceeded == only(Limit::kLogLines));
}

TEST_CASE_FIXTURE(SessionFixture, "session limits: bytes of a log line") {
  limits.log_line = Bytes{4};
  session().log(LogLevel::kInfo, "1234");
  CHECK(usage().limits_exceeded == 0);
  SUBCASE("enforced: cut at a character boundary") {
    session().log(LogLevel::kInfo, "123\xC3\xA9");
    session().log(LogLevel::kInfo, "12345");
    const auto logs = session().take_logs();
    REQUIRE(logs.size() == 3);
    CHECK(logs[1].text == "123");
    CHECK(logs[2].text == "1234");
    CHECK(usage().log_bytes == Bytes{11});
  }
  SUBCASE("dry run: whole") {
    limits.dry_run = only(Limit::kLogLine);
    session().log(LogLevel::kInfo, "12345");
    CHECK(session().take_logs().at(1).text == "12345");
  }
  CHECK(usage().limits_exceeded == only(Limit::kLogLine));
}

TEST_CASE_FIXTURE(SessionFixture, "session limits: dry run of the log limits is bounded too") {
  limits.log_lines = 0;
  limits.log_line = Bytes{4};
  limits.dry_run = Limit::kLogLines | Limit::kLogLine;
  const std::string large(Bytes::mebibytes(5).count, 'x');
  for (int i = 0; i < 5; ++i) session().log(LogLevel::kInfo, large);
  CHECK(session().take_logs().size() == 3);
  CHECK(usage().log_lines_dropped == 2);
}

}  // namespace
}  // namespace sublet::hostcall

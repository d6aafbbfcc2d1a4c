// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "engine/engine_fixture.h"

// A program of its own: only the first start of V8 in a process decides how it was started.
namespace sublet::engine {
namespace {

TEST_SUITE_BEGIN("engine");

constexpr const char* kHeavy = R"(
  export function run() {
    let kept = [];
    for (let i = 0; i < 400000; i++) {
      kept.push({ i });
      if (kept.length > 100000) kept = [];
    }
    const fibonacci = (n) => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2));
    return [fibonacci(24), kept.length];
  }
)";
constexpr std::string_view kHeavyAnswer = "[46368,99997]";

Engine& started_engine() {
  static const std::unique_ptr<Engine> engine = [] {
    V8EngineOptions options;
    options.forkable = true;
    options.clock_resolution = std::chrono::milliseconds(250);
    return create_v8_engine(options).value();
  }();
  return *engine;
}

// Runs the program in a context of its own; the isolate is entered.
std::string answer_of(Isolate& isolate, const std::shared_ptr<Program>& program) {
  const auto context = isolate.create_context(Realm::kStandard);
  RecordingPort port;
  if (!context->load(program, port).ok) return "not loaded";
  return context->start(1, input_of(), port).json;
}

// What the function says in a forked child.
template <class Function>
bool holds_in_child(Function function) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(function() ? 0 : 1);
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

// Mappings that a child would not get. -1 where the kernel does not say.
int mappings_kept_from_children() {
  std::ifstream smaps("/proc/self/smaps");
  int kept = -1;
  for (std::string line; std::getline(smaps, line);) {
    if (!line.starts_with("VmFlags:")) continue;
    if (kept < 0) kept = 0;
    if ((line + " ").find(" dc ") != std::string::npos) ++kept;
  }
  return kept;
}

TEST_CASE("forkable: children go on with a warm isolate, collect garbage and optimize") {
  const int before = mappings_kept_from_children();
  auto program = program_of(kHeavy);
  REQUIRE(started_engine().prepare(*program));
  auto isolate = started_engine().create_isolate({}, {}).value();
  EnteredIsolate entered(*isolate);
  CHECK(answer_of(*isolate, program) == kHeavyAnswer);
  CHECK(mappings_kept_from_children() == before);
  for (int i = 0; i < 4; ++i) {
    CHECK(holds_in_child([&] { return answer_of(*isolate, program) == kHeavyAnswer; }));
  }
  CHECK(answer_of(*isolate, program) == kHeavyAnswer);
}

TEST_CASE("forkable: children make isolates of their own") {
  auto program = program_of(kHeavy);
  REQUIRE(started_engine().prepare(*program));
  for (int i = 0; i < 3; ++i) {
    CHECK(holds_in_child([&] {
      const auto isolate = started_engine().create_isolate({}, {});
      if (!isolate) return false;
      EnteredIsolate entered(*isolate.value());
      return answer_of(*isolate.value(), program) == kHeavyAnswer;
    }));
  }
  CHECK_FALSE(process_was_forked());
}

TEST_CASE("clock: what JavaScript can tell the time by goes in the steps that were asked for") {
  auto program = program_of(
      "export function run(event, { limits }) { const times = []; for (let i = 0; i < 1000; i++) "
      "times.push(Date.now(), new Date().getTime(), performance.now(), limits.remaining().wallMs); "
      "return [...new Set(times.map((time) => time % 250))]; }");
  REQUIRE(started_engine().prepare(*program));
  auto isolate = started_engine().create_isolate({}, {}).value();
  EnteredIsolate entered(*isolate);
  CHECK(answer_of(*isolate, program) == "[0]");
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::engine

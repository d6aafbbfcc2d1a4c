// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>

#include "engine/engine_fixture.h"
#include "sublet/version.h"

namespace sublet::engine {
namespace {

TEST_SUITE_BEGIN("engine");

IsolateOptions small_heap() {
  IsolateOptions options;
  options.heap = Bytes::mebibytes(24);
  return options;
}

TEST_CASE("pages: an object larger than the heap may be ends the turn that made it") {
  Running js(
      "export function run() { const a = new Array(8 * 1024 * 1024); for (;;) a[5] = a.length; }",
      Realm::kStandard, State::kInvocation, small_heap());
  CHECK(js.run().outcome == Outcome::kInternalError);
  CHECK(js.isolate->exhausted());
  CHECK(js.isolate->take_heap_limit_passed());
}

TEST_CASE("pages: in dry-run mode such an object is noted and stays") {
  IsolateOptions options = small_heap();
  options.heap_dry_run = true;
  Running js("export function run() { return new Array(8 * 1024 * 1024).length; }",
             Realm::kStandard, State::kInvocation, options);
  CHECK(js.run().json == "8388608");
  CHECK_FALSE(js.isolate->exhausted());
  CHECK(js.isolate->take_heap_limit_passed());
}

TEST_CASE("pages: what is committed is counted, and goes back with the garbage") {
  IsolateOptions options;
  options.heap = Bytes::mebibytes(128);
  Running js(
      "let kept; export function run(event) { kept = event.data ? new Array(6 * 1024 * 1024) : "
      "null; return kept ? kept.length : 0; }",
      Realm::kStandard, State::kInvocation, options);
  const std::uint64_t before = js.isolate->memory().committed.count;
  CHECK(before > 0);
  CHECK(js.run("true").json == "6291456");
  CHECK(js.isolate->memory().committed.count >= before + Bytes::mebibytes(48).count);
  CHECK(js.run("false").json == "0");
  js.isolate->collect_garbage();
  CHECK(js.isolate->memory().committed.count < before + Bytes::mebibytes(24).count);
}

// As in v8_fatal_test.cc, the parked thread and what it holds are left behind on purpose.
TEST_CASE("pages: past the cap V8 gives the isolate up, whose memory goes back") {
  struct Told {
    std::promise<void> promise;
    std::shared_ptr<Isolate> isolate;
  };
  auto told = std::make_shared<Told>();
  std::future<void> given_up = told->promise.get_future();
  std::thread([told] {
    told->isolate =
        v8_engine()
            .create_isolate(small_heap(), [told](std::string_view) { told->promise.set_value(); })
            .value();
    told->isolate->enter();
    auto program = program_of(
        "export function run() { let s = '\\u0436'.repeat(1023);"
        "  for (let i = 0; i < 19; i++) s += s; return /y/.test(s); }");
    if (!v8_engine().prepare(*program)) return;
    auto context = told->isolate->create_context(Realm::kStandard);
    RecordingPort port;
    (void)context->load(program, port);
    (void)context->start(1, input_of(), port);
    context.reset();
    told->isolate->leave();
    told->promise.set_value();
  }).detach();
  REQUIRE(given_up.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
  CHECK(told->isolate->exhausted());
  if (engine_version().starts_with("10.") || engine_version().starts_with("11.")) {
    CHECK(told->isolate->memory().committed < Bytes::mebibytes(16));
  }
  Running other("export function run() { return [1, 2].map((n) => 'alive' + n).join(); }");
  CHECK(other.run().json == "\"alive1,alive2\"");
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::engine

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <future>
#include <thread>

#include "engine/engine_fixture.h"
#include "sublet/version.h"

namespace sublet::engine {
namespace {

TEST_SUITE_BEGIN("engine");

// V8 answers some requests by giving up the process. The thread stays parked inside V8 for the rest
// of the test program's life, so everything that it holds is left behind on purpose.
TEST_CASE("fatal: where V8 would end the process, the thread parks and its owner is told") {
  if (!engine_version().starts_with("10.")) return;  // later ones answer this request otherwise
  auto reason = std::make_shared<std::promise<std::string>>();
  std::future<std::string> told = reason->get_future();
  std::thread parked([reason] {
    IsolateOptions options;
    options.heap = Bytes::mebibytes(24);
    auto isolate = v8_engine()
                       .create_isolate(options, [reason](std::string_view what) {
                         reason->set_value(std::string(what));
                       })
                       .value();
    isolate->enter();
    // A regular expression that is first compiled where the stack ends.
    auto program = program_of(
        "export function run() { try { run(); } catch { /(?:x|y(?:z|w))+/.test('q' + "
        "Math.random()); } }");
    if (!v8_engine().prepare(*program)) return;
    auto context = isolate->create_context(Realm::kStandard);
    RecordingPort port;
    (void)context->load(program, port);
    (void)context->start(1, input_of(), port);
    context.reset();
    isolate->leave();
    reason->set_value("");
  });
  parked.detach();
  REQUIRE(told.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
  CHECK(told.get() == "RegExpCompiler");
  Running other("export function run() { return 'alive'; }");
  CHECK(other.run().json == "\"alive\"");
}

TEST_CASE("fatal: one allocation larger than the heap's limit ends the turn, not the thread") {
  IsolateOptions options;
  options.heap = Bytes::mebibytes(24);
  Running js("export function run() { const m = new Map(); for (;;) m.set(m.size, 'v' + m.size); }",
             Realm::kStandard, State::kInvocation, options);
  CHECK(js.run().outcome == Outcome::kInternalError);
  CHECK(js.isolate->exhausted());
}

TEST_CASE("heap: garbage is not held against the limit") {
  IsolateOptions options;
  options.heap = Bytes::mebibytes(16);
  Running js("export function run() { let n = 0; for (let i = 0; i < 3000; i++) { const a = new "
             "Array(8192).fill(i); n += a.length; } return n; }",
             Realm::kStandard, State::kInvocation, options);
  CHECK(js.run().json == "24576000");
  CHECK_FALSE(js.isolate->exhausted());
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::engine

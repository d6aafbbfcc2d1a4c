// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "engine/engine_fixture.h"

namespace sublet::engine {
namespace {

TEST_SUITE_BEGIN("engine");

constexpr const char* kFormats =
    "const kept = []; export function run(event) { for (let i = 0; i < event.data; i++) "
    "kept.push(new Intl.DateTimeFormat('en', { dateStyle: 'full' })); return kept.length; }";

TEST_CASE("icu: what Intl's objects hold counts as external memory, and goes back with them") {
  if (!icu_memory_counted()) return;  // V8 and ICU are one library
  Running js(
      "let kept; export function run(event) { kept = []; for (let i = 0; i < event.data; i++) "
      "kept.push(new Intl.DateTimeFormat('en', { dateStyle: 'full' })); return kept.length; }");
  CHECK(js.run("1").json == "1");
  const std::uint64_t before = js.isolate->memory().external.count;
  CHECK(js.run("100").json == "100");
  CHECK(js.isolate->memory().external.count > before + Bytes::mebibytes(2).count);
  CHECK(js.isolate->memory().peak_external >= js.isolate->memory().external);
  CHECK(js.run("1").json == "1");
  js.isolate->collect_garbage();
  CHECK(js.isolate->memory().external.count < before + Bytes::mebibytes(1).count);
}

TEST_CASE("icu: an isolate past its external memory ends its turn") {
  if (!icu_memory_counted()) return;
  IsolateOptions options;
  options.external_memory = Bytes::mebibytes(8);
  Running js(kFormats, Realm::kStandard, State::kInvocation, options);
  CHECK(js.run("100000").outcome == Outcome::kInternalError);
  CHECK(js.isolate->exhausted());
  CHECK(js.isolate->take_external_limit_passed());
  CHECK_FALSE(js.isolate->take_external_limit_passed());
}

TEST_CASE("icu: objects that are dropped again are no reason to end a turn") {
  if (!icu_memory_counted()) return;
  IsolateOptions options;
  options.external_memory = Bytes::mebibytes(8);
  Running js(
      "export function run() { let text; for (let i = 0; i < 1000; i++) text = new "
      "Intl.DateTimeFormat('en', { dateStyle: 'full' }).format(0); return text; }",
      Realm::kStandard, State::kInvocation, options);
  CHECK(js.run().outcome == Outcome::kOk);
  CHECK(js.isolate->memory().external < options.external_memory);
}

TEST_CASE("icu: in dry-run mode the limit is noted and nothing ends") {
  if (!icu_memory_counted()) return;
  IsolateOptions options;
  options.external_memory = Bytes::mebibytes(1);
  options.external_dry_run = true;
  Running js(kFormats, Realm::kStandard, State::kInvocation, options);
  CHECK(js.run("200").json == "200");
  CHECK(js.isolate->take_external_limit_passed());
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::engine

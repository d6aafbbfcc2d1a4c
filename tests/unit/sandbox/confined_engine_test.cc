// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "confined_process.h"
#include "engine/engine_fixture.h"

// V8 does all that it is for inside the walls.
namespace sublet::sandbox {
namespace {

struct Case {
  const char* name;
  const char* text;
  const char* json;
};

constexpr Case kCases[] = {
    {"collects garbage and compiles hot code",
     "export function run() { let k = []; for (let i = 0; i < 6e5; i++) { k.push({i});"
     " if (k.length > 1e5) k = []; } const f = n => n < 2 ? n : f(n - 1) + f(n - 2);"
     " return [f(25), k.length]; }",
     "[75025,99995]"},
    {"takes and gives back large memory",
     "export function run() { const all = []; for (let i = 0; i < 40; i++)"
     " all.push(new ArrayBuffer(1 << 20)); const f = new Float64Array(1e6).fill(1.5);"
     " return [all.length, structuredClone({f: f.subarray(0, 4)}).f[3]]; }",
     "[40,1.5]"},
    {"formats dates of named time zones",
     "export function run() { return new Intl.DateTimeFormat('en-GB', {timeZone: 'Asia/Tokyo',"
     " dateStyle: 'short', timeStyle: 'short'}).format(new Date(0)); }",
     "\"01/01/1970, 09:00\""},
    {"knows the local time", "export function run() { return typeof new Date().toString(); }",
     "\"string\""},
    {"sorts, formats and folds by locale",
     "export function run() { return ['b', 'ä', 'a'].sort(new "
     "Intl.Collator('de').compare).join('') +"
     " new Intl.NumberFormat('de').format(1234.5) + 'I'.toLocaleLowerCase('tr') +"
     " '\\u0041\\u030a'.normalize('NFC').length; }",
     "\"aäb1.234,5ı1\""},
    {"compiles regular expressions",
     "export function run() { let n = 0; for (let i = 0; i < 2000; i++)"
     " n += /(a+)(b|\\p{Lu})/u.test('x'.repeat(i % 7) + 'aaB') ? 1 : 0; return n; }",
     "2000"},
    {"computes with large integers",
     "export function run() { let s = 1n; for (let i = 1n; i < 500n; i++) s *= i;"
     " return s.toString().length; }",
     "1132"},
    {"survives an endless recursion",
     "export function run() { try { (function f() { f(); })(); } catch (e) { return e.message; } }",
     "\"Maximum call stack size exceeded\""},
    {"awaits", "export async function run() { await null; return Math.random() < 1; }", "true"},
};

struct WarmEngine {
  std::unique_ptr<engine::Engine> engine;
  std::shared_ptr<engine::Program> program;
  std::unique_ptr<engine::Isolate> isolate;
  std::unique_ptr<engine::Context> context;

  // Before any wall: V8 starts, and has what it reads of files.
  bool start(const char* text, bool jitless) {
    engine::V8EngineOptions options;
    options.forkable = true;
    options.jitless = jitless;
    auto started = engine::create_v8_engine(options);
    if (!started) return false;
    engine = std::move(*started);
    program = engine::program_of(text);
    if (!engine->prepare(*program)) return false;
    auto made = engine->create_isolate({}, {});
    if (!made) return false;
    isolate = std::move(*made);
    const engine::EnteredIsolate entered(*isolate);
    context = isolate->create_context(Realm::kStandard);
    return context != nullptr;
  }

  std::string run() {
    const engine::EnteredIsolate entered(*isolate);
    engine::RecordingPort port;
    const engine::LoadReport loaded = context->load(program, port);
    if (!loaded.ok) return loaded.error ? loaded.error->message : "not loaded";
    const engine::TurnReport report = context->start(1, engine::input_of(), port);
    return report.error ? report.error->message : report.json;
  }
};

Fate run_confined(const Case& what, Setting setting) {
  auto warm = std::make_shared<WarmEngine>();
  setting.before = [&] {
    if (!warm->start(what.text, setting.filter.jitless)) ::_exit(kNotConfined);
  };
  return in_child(setting, [&](int socket) -> int {
    say(socket, warm->run());
    ::_exit(0);
  });
}

TEST_SUITE_BEGIN("confined_engine");

TEST_CASE("V8 works inside the walls") {
  for (const Case& each : kCases) {
    CAPTURE(each.name);
    const Fate fate = run_confined(each, {});
    CHECK(fate.exited(0));
    CHECK(fate.said == std::string(each.json));
  }
}

TEST_CASE("V8 works without its compiler and without executable memory") {
  Setting setting;
  setting.filter.jitless = true;
  for (const Case& each : kCases) {
    CAPTURE(each.name);
    const Fate fate = run_confined(each, setting);
    CHECK(fate.exited(0));
    CHECK(fate.said == std::string(each.json));
  }
}

TEST_CASE("V8 makes another heap inside the walls") {
  WarmEngine warm;
  Setting setting;
  setting.before = [&] {
    if (!warm.start(kCases[0].text, false)) ::_exit(kNotConfined);
  };
  const Fate child = in_child(setting, [&](int socket) -> int {
    auto isolate = warm.engine->create_isolate({}, {});
    if (!isolate) return 1;
    warm.context.reset();
    warm.isolate = std::move(*isolate);
    const engine::EnteredIsolate entered(*warm.isolate);
    warm.context = warm.isolate->create_context(Realm::kStandard);
    say(socket, warm.context != nullptr ? "made" : "not made");
    ::_exit(0);
  });
  CHECK(child.exited(0));
  CHECK(child.said == "made");
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::sandbox

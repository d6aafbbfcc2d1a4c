// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "engine/engine_fixture.h"
#include "engine/stack_text.h"

namespace sublet::engine {
namespace {

void add_module(Program& program, std::string path, std::string text) {
  auto module = std::make_unique<ProgramModule>();
  module->path = std::move(path);
  module->ascii = base::is_ascii(text);
  module->text = std::move(text);
  program.modules.push_back(std::move(module));
}

TEST_SUITE_BEGIN("engine");

TEST_CASE("prepare: a syntax error names file, line and column") {
  auto program = program_of("export function run() {\n  return (1;\n}");
  const Result<void> prepared = v8_engine().prepare(*program);
  REQUIRE_FALSE(prepared);
  CHECK(prepared.error().code == ErrorCode::kInvalidArgument);
  CHECK(prepared.error().message.starts_with("extension.js:2:12: SyntaxError: "));
}

TEST_CASE("prepare: imports are resolved inside the bundle, others are refused where they stand") {
  auto program = program_of("import { n } from './lib/a.js';\nexport const run = () => n;");
  add_module(*program, "lib/a.js", "export { n } from '../b.js';");
  add_module(*program, "b.js", "export const n = 7;");
  REQUIRE(v8_engine().prepare(*program));
  auto missing = program_of("\nimport x from './gone.js';\nexport const run = x;");
  const Result<void> prepared = v8_engine().prepare(*missing);
  REQUIRE_FALSE(prepared);
  CHECK(prepared.error().message.find("extension.js:2:") != std::string::npos);
  CHECK(prepared.error().message.find("gone.js") != std::string::npos);
}

TEST_CASE("load: modules of a bundle see each other") {
  Running js("export function run() {}");
  auto program = program_of("import { n } from './lib/a.js';\nexport const run = () => n;");
  add_module(*program, "lib/a.js", "import m from '../b.js'; export const n = m + 1;");
  add_module(*program, "b.js", "export default 7;");
  REQUIRE(v8_engine().prepare(*program));
  auto context = js.isolate->create_context(Realm::kStandard);
  REQUIRE(context->load(program, js.port).ok);
  CHECK(context->start(1, input_of(), js.port).json == "8");
  CHECK(program->modules[0]->code_cache.get() != nullptr);
}

TEST_CASE("load: a missing export and a failing start are told apart") {
  CHECK(Running("export const other = 1;").loaded.missing_export == 0);
  CHECK(Running("export const run = 1;").loaded.missing_export == 0);
  Running broken("\nundefinedThing();\nexport function run() {}");
  CHECK(broken.loaded.outcome == Outcome::kCompileError);
  CHECK(broken.loaded.error->message ==
        "extension.js:2:1: ReferenceError: undefinedThing is not defined");
}

TEST_CASE("load: top-level await works where nothing outside is awaited") {
  CHECK(Running("const n = await Promise.resolve(4); export const run = () => n;").run().json ==
        "4");
  Running never("await new Promise(() => {}); export function run() {}");
  CHECK_FALSE(never.loaded.ok);
  CHECK(never.loaded.error->message.find("top-level await") != std::string::npos);
}

TEST_CASE("load: start-up code may log but not call or set timers") {
  Running js("console.log('up'); let e; try { setTimeout(() => {}, 1); } catch (x) { e = x.message; }"
             " export const run = () => e;");
  CHECK(js.port.logs == std::vector<std::string>{"info up"});
  CHECK(js.run().json.find("while the extension starts") != std::string::npos);
}

TEST_CASE("frozen: handlers run in a realm that cannot be changed") {
  Running js("let n = 0; export function run(event) { n += 1; try { Array.prototype.x = 1; } catch "
             "(e) { return [n, e.name]; } }",
             Realm::kFrozen);
  REQUIRE_MESSAGE(js.prepared, (js.prepared ? "" : js.prepared.error().message));
  REQUIRE_MESSAGE(js.loaded.ok, (js.loaded.error ? js.loaded.error->message : ""));
  CHECK(js.run().json == R"([1,"TypeError"])");
  CHECK(js.run().json == R"([1,"TypeError"])");
  CHECK(js.context->reusable());
}

TEST_CASE("frozen: positions are the file's own, on the first line too") {
  Running js("export function run() { throw new Error('x'); }", Realm::kFrozen);
  CHECK(js.run().error->stack == "    at run (extension.js:1:31)");
}

TEST_CASE("frozen: a bundle that cannot run so is refused with the place") {
  auto program = program_of("const x = 1;\nawait x;\nexport function run() {}", Realm::kFrozen);
  const Result<void> prepared = v8_engine().prepare(*program);
  REQUIRE_FALSE(prepared);
  CHECK(prepared.error().message.starts_with("extension.js:2:1: "));
}

TEST_CASE("code cache: what one isolate made serves the next") {
  Running first("export const run = () => 'cached';");
  const auto bytes = first.program->modules[0]->code_cache.get();
  REQUIRE(bytes != nullptr);
  auto again = program_of("export const run = () => 'cached';");
  again->modules[0]->code_cache.set(bytes);
  REQUIRE(v8_engine().prepare(*again));
  CHECK(again->modules[0]->code_cache.get() == bytes);
}

TEST_CASE("code cache: bytes that V8 rejects are replaced") {
  auto program = program_of("export const run = () => 1;");
  const auto wrong = std::make_shared<const std::vector<std::uint8_t>>(64, std::uint8_t{7});
  program->modules[0]->code_cache.set(wrong);
  REQUIRE(v8_engine().prepare(*program));
  CHECK(program->modules[0]->code_cache.get() != wrong);
}

TEST_CASE("stack: frames without a place, and foreign text, pass as they are") {
  const Program program;
  CHECK(map_stack("Error: x\n    at <anonymous>\n    at f (a.js:1:2)\nnot a frame", program) ==
        "    at <anonymous>\n    at f (a.js:1:2)");
  CHECK(map_stack("    at start (sublet:sdk:1:2)", program).empty());
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::engine

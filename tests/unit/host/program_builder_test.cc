// SPDX-License-Identifier: Apache-2.0
#include "host/program_builder.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace sublet::host {
namespace {

using Files = std::map<std::string, std::string>;

const std::string kManifest =
    R"({"name":"a","version":"1.0.0","handlers":{"b":"f","a":"g","c":"f"}})";
const std::string kMap =
    R"({"version":3,"sources":["src/main.ts"],"mappings":"AAEA"})";  // 1:1 is src/main.ts 3:1

Result<BuiltProgram> build(Files files) {
  files.emplace("extension.json", kManifest);
  files.emplace("extension.js", "export const f = 1;");
  const auto bundle = Bundle::from_memory(std::move(files));
  if (!bundle) return bundle.error();
  return build_program(*bundle);
}

std::string refusal(Files files) {
  const auto built = build(std::move(files));
  return built ? "accepted" : built.error().message;
}

const engine::ProgramModule* module_of(const BuiltProgram& built, std::string_view path) {
  for (const auto& module : built.program->modules) {
    if (module->path == path) return module.get();
  }
  return nullptr;
}

bool names(std::string_view message, std::string_view what) {
  return message.find(what) != std::string_view::npos;
}

// The first source position of extension.js, "" without a map.
std::string mapped(Files files) {
  const auto built = build(std::move(files));
  if (!built) return built.error().message;
  const auto& map = module_of(*built, "extension.js")->source_map;
  const auto position = map ? map->find(1, 1) : std::nullopt;
  return position ? std::string(position->source) + ":" + std::to_string(position->line) : "";
}

}  // namespace

TEST_CASE("program_builder: modules, main, exports and handlers") {
  const auto built = build({{"lib/a.mjs", "export {};"}, {"lib/\xC3\xA9.js", "// \xC3\xA9"}});
  REQUIRE(built);
  CHECK(built->program->modules.size() == 4);
  CHECK(built->program->modules[built->program->main]->path == "extension.js");
  CHECK(built->program->exports == std::vector<std::string>{"f", "g"});
  CHECK(built->handlers.size() == 3);
  CHECK(built->handlers.at("b") == 0);
  CHECK(built->handlers.at("a") == 1);
  CHECK(built->handlers.at("c") == 0);
  CHECK(module_of(*built, "lib/a.mjs")->ascii);
  CHECK_FALSE(module_of(*built, "lib/\xC3\xA9.js")->ascii);
  CHECK(built->manifest.name == "a");
  CHECK(built->program->realm == Realm::kStandard);
}

TEST_CASE("program_builder: the digest tells any two bundles apart") {
  const auto digest = [](Files files) {
    files.emplace("extension.json", kManifest);
    return bundle_digest(Bundle::from_memory(std::move(files)).value());
  };
  CHECK(digest({{"a.js", "1"}}).size() == 64);
  CHECK(digest({{"a.js", "1"}}) == digest({{"a.js", "1"}}));
  CHECK(digest({{"a.js", "1"}}) != digest({{"a.js", "2"}}));
  CHECK(digest({{"a.js", "1"}}) != digest({{"b.js", "1"}}));
  CHECK(digest({{"a.js", "xy"}, {"b.js", ""}}) != digest({{"a.js", "x"}, {"b.js", "y"}}));
}

TEST_CASE("program_builder: a JSON file becomes a module with the same value") {
  const auto built =
      build({{"data.json", "{\n\"a\": \"it's \\\"x\\\" \\u2028\",\r\n\"__proto__\": 1}"}});
  REQUIRE(built);
  const auto* module = module_of(*built, "data.json");
  REQUIRE(module != nullptr);
  CHECK(module->text ==
        "export default JSON.parse('{\\n\"a\": \"it\\'s \\\\\"x\\\\\" \\\\u2028\",\\r\\n"
        "\"__proto__\": 1}');\n");
  CHECK(refusal({{"lib/bad.json", "{\n\"a\": }"}}) == "lib/bad.json:2:6: no valid JSON");
  CHECK(refusal({{"deep.json", std::string(1001, '[') + std::string(1001, ']')}}) ==
        "deep.json:1:1001: nested deeper than 1000 levels");
}

TEST_CASE("program_builder: errors of the manifest come through, and main must be there") {
  CHECK(refusal({{"extension.json", "{\n\"nam\": 1}"}}) ==
        "extension.json:2: unknown field \"nam\"; did you mean \"name\"?");
  CHECK(refusal({{"extension.json",
                  R"({"name":"a","version":"1.0.0","handlers":{"e":true},"main":"lib/x.js"})"}}) ==
        "extension.json: main names \"lib/x.js\", which the bundle does not have");
}

TEST_CASE("program_builder: source maps beside the file, named by it, or inside it") {
  CHECK(mapped({}).empty());
  CHECK(mapped({{"extension.js.map", kMap}}) == "src/main.ts:3");
  CHECK(mapped({{"extension.js", "1\n//# sourceMappingURL=maps/x.map"}, {"maps/x.map", kMap}}) ==
        "src/main.ts:3");
  const std::string inline_map =
      "eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbInNyYy9tYWluLnRzIl0sIm1hcHBpbmdzIjoiQUFFQSJ9";
  CHECK(mapped({{"extension.js", "1\n//# sourceMappingURL=data:application/json;base64," +
                                     inline_map + "\n"}}) == "src/main.ts:3");
  CHECK(mapped({{"extension.js",
                 "1\n//# sourceMappingURL=data:application/json;charset=utf-8;base64," +
                     inline_map}}) == "src/main.ts:3");
}

TEST_CASE("program_builder: a source map elsewhere is passed over") {
  for (const char* url :
       {"https://example.com/x.map", "../x.map", "/x.map", "none.map", "extension.json",
        "data:text/plain,1", "data:application/json;base64", ""}) {
    CAPTURE(url);
    CHECK(mapped({{"extension.js", "1\n//# sourceMappingURL=" + std::string(url)}}).empty());
  }
  CHECK(mapped({{"extension.js", "'sourceMappingURL=x.map'"}, {"x.map", kMap}}).empty());
  CHECK(mapped({{"extension.js", "sourceMappingURL="}}).empty());
}

TEST_CASE("program_builder: a source map that is wrong is refused by its file") {
  CHECK(refusal({{"extension.js.map", "{"}}) ==
        "extension.js.map: the source map is no JSON at offset 1");
  CHECK(refusal({{"extension.js.map", R"({"version":3,"sections":[]})"}}) ==
        "extension.js.map: sections is not supported: index maps are not read");
  CHECK(names(refusal({{"extension.js", "//# sourceMappingURL=data:application/json;base64,e30="}}),
              "extension.js: its inline source map: version is missing"));
}

}  // namespace sublet::host

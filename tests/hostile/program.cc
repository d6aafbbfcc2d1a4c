// SPDX-License-Identifier: Apache-2.0
#include "hostile/program.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace sublet::hostile {
namespace {

constexpr std::string_view kManifest =
    R"({"name": "hostile", "version": "1.0.0", "handlers": {"run": "run"}})";

// The text stands in scopes of its own, and what the wrapper needs afterwards is taken before: what
// the text redefines does not change what is run. A program may use up the timers.
constexpr std::string_view kBefore = R"js(
const later = setTimeout;
const Wait = Promise;
const settle = () => new Wait((resolve) => { try { later(resolve, 1); } catch { resolve(); } });
const finish = async () => {
  await settle();
  const handler = globalThis.handler;
  return typeof handler === "function" ? await handler() : undefined;
};
export async function run(event, api) {
  const { host, log, limits } = api;
  const print = (...values) => {
    let line = "";
    for (let i = 0; i < values.length; i++) line += `${values[i]} `;
    return host.print(line);
  };
  globalThis.print = print;
  await (async function () {
)js";
constexpr std::string_view kAfter = R"js(
}).call(globalThis);
  return await finish();
}
)js";

constexpr std::string_view kPrelude = R"js(
globalThis.print = () => undefined;
)js";
constexpr std::string_view kModuleAfter = R"js(
;export async function run() {
  const handler = globalThis.handler;
  return typeof handler === "function" ? await handler() : undefined;
}
)js";

Expectation expectation_of(const std::string& text) {
  const std::string line = text.substr(0, text.find('\n'));
  const auto says = [&line](std::string_view word) {
    const std::size_t at = line.find("EXPECT ");
    return at != std::string::npos && line.compare(at + 7, word.size(), word) == 0;
  };
  if (says("CONTAINED")) return Expectation::kContained;
  if (says("EXCEPTION")) return Expectation::kException;
  if (says("ANY")) return Expectation::kAny;
  if (says("OK")) return Expectation::kOk;
  return Expectation::kNone;
}

}  // namespace

Program read_program(const std::filesystem::path& path) {
  Program program;
  program.path = path;
  const std::filesystem::path whole = std::filesystem::absolute(path).lexically_normal();
  program.name = whole.parent_path().filename() / whole.stem();
  program.is_bundle = std::filesystem::is_directory(path);
  const std::filesystem::path file = program.is_bundle ? path / "extension.js" : path;
  std::ifstream in(file, std::ios::binary);
  if (!in && !program.is_bundle) throw std::runtime_error("cannot read " + file.string());
  std::ostringstream text;
  text << in.rdbuf();
  program.text = text.str();
  program.expectation = expectation_of(program.text);
  return program;
}

std::string_view to_string(Expectation expectation) {
  switch (expectation) {
    case Expectation::kNone:
      return "none";
    case Expectation::kContained:
      return "contained";
    case Expectation::kException:
      return "exception";
    case Expectation::kAny:
      return "any";
    case Expectation::kOk:
      return "ok";
  }
  return "none";
}

bool meets(Expectation expectation, std::string_view outcome) {
  // A fault of the host's, or no place to run at all.
  for (const std::string_view never : {"internal_error", "internal", "unavailable", "disabled"}) {
    if (outcome == never) return false;
  }
  const bool refused = outcome == "exception" || outcome == "invalid_result" ||
                       outcome == "compile_error" || outcome == "exceeded_host_calls";
  switch (expectation) {
    case Expectation::kException:
      return refused;
    case Expectation::kOk:
      return outcome == "ok";
    case Expectation::kContained:
    case Expectation::kAny:
    case Expectation::kNone:
      return true;
  }
  return true;
}

BundleFiles in_an_invocation(const std::string& text) {
  return {{"extension.json", std::string(kManifest)},
          {"extension.js", std::string(kBefore) + text + std::string(kAfter)}};
}

BundleFiles as_a_module(const std::string& text) {
  return {{"extension.json", std::string(kManifest)},
          {"prelude.js", std::string(kPrelude)},
          {"extension.js", "import \"./prelude.js\";" + text + std::string(kModuleAfter)}};
}

}  // namespace sublet::hostile

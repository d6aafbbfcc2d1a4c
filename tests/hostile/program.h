// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace sublet::hostile {

// What a program's first line expects: "// EXPECT CONTAINED: text".
enum class Expectation {
  kNone,       // no such line
  kContained,  // it has no end of its own, or a far one: somebody has to bring it about
  kException,  // an exception or a refusal
  kAny,        // whatever it is, the host stands
  kOk,         // answered
};

struct Program {
  // "<folder>/<file>" without the ending.
  std::string name;
  std::filesystem::path path;
  // A folder that is a bundle as it stands.
  bool is_bundle = false;
  Expectation expectation = Expectation::kNone;
  std::string text;
};

// Throws std::runtime_error where there is nothing to read.
Program read_program(const std::filesystem::path& path);

std::string_view to_string(Expectation expectation);

// Whether an outcome, by its name, is one that the program's first line allows.
bool meets(Expectation expectation, std::string_view outcome);

using BundleFiles = std::map<std::string, std::string>;

// The text as the body of an async function that the handler `run` calls: it runs in an invocation,
// then the microtasks and timers that are due, then `globalThis.handler()`, whose result is the
// answer.
BundleFiles in_an_invocation(const std::string& text);

// The text as a module's top-level code, for what is no function body (`import`, `export`).
BundleFiles as_a_module(const std::string& text);

}  // namespace sublet::hostile

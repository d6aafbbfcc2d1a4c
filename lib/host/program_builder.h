// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "engine/program.h"
#include "policy/manifest.h"
#include "sublet/extension.h"
#include "sublet/result.h"

namespace sublet::host {

// A bundle, read and checked, as far as that goes without an engine.
struct BuiltProgram {
  policy::Manifest manifest;
  // Not prepared yet: imports, closure and code caches are empty.
  std::shared_ptr<engine::Program> program;
  // Event name to index into Program::exports.
  std::map<std::string, std::size_t, std::less<>> handlers;
};

// Reads the manifest, and makes a module of every .js, .mjs and .json file (a .json file exports
// its value as default), with its source map where the bundle has one: `<file>.map`, or the file or
// data URL that the last `//# sourceMappingURL=` line names. A URL, or a map that is not in the
// bundle, is passed over. The message of an error names the file.
Result<BuiltProgram> build_program(const Bundle& bundle);

// SHA-256 over the bundle's files by path, each path and text with its length before it.
std::string bundle_digest(const Bundle& bundle);

}  // namespace sublet::host

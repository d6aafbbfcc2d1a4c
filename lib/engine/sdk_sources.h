// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sublet::engine {

// The JavaScript face of the engine, bundled from lib/engine/sdk by the build: ASCII text that lives
// as long as the process, so that V8 can use it without a copy.
//
// Each is a classic script whose value is a function:
//   "core"     (native) => hooks: evaluated once, into the startup snapshot
//   others     (native, core) => exports: answered by native.lazy(name), on first use
//   "closure"  () => transform(source, exportNames), of the engine's own isolate:
//              {code, prefix} or {error, line, column}, both counted from 1
// Empty for a name that does not exist.
std::string_view sdk_source(std::string_view name) noexcept;

}  // namespace sublet::engine

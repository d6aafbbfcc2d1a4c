// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/source_map.h"
#include "sublet/extension.h"

namespace sublet::engine {

// The bytes that V8 made of one module, kept to compile it faster next time. Empty: none yet.
//
// Written once by whoever compiles first, read by every isolate after that.
class CodeCacheSlot {
 public:
  using Bytes = std::shared_ptr<const std::vector<std::uint8_t>>;

  Bytes get() const SUBLET_EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    return bytes_;
  }
  void set(Bytes bytes) SUBLET_EXCLUDES(mutex_) {
    base::MutexLock lock(mutex_);
    bytes_ = std::move(bytes);
  }

 private:
  mutable base::Mutex mutex_;
  Bytes bytes_ SUBLET_GUARDED_BY(mutex_);
};

// One ES module of a bundle.
struct ProgramModule {
  std::string path;                // inside the bundle, "lib/a.js"
  std::string text;                // UTF-8; shared by every isolate as an external string if ASCII
  bool ascii = false;
  std::shared_ptr<const base::SourceMap> source_map;  // null: positions are the module's own
  // Static imports: specifier as written -> index into Program::modules. Filled by
  // Engine::prepare(), which refuses what cannot be resolved.
  std::map<std::string, std::size_t> imports;
  mutable CodeCacheSlot code_cache;
  // What a sandboxed process made of it: code from there runs in sandboxed processes only.
  mutable CodeCacheSlot sandbox_cache;
};

// A bundle ready to run: immutable once prepared, and shared by every tenant, isolate and context
// that has the same files.
struct Program {
  std::string digest;              // SHA-256 of the bundle's files, hexadecimal
  std::vector<std::unique_ptr<ProgramModule>> modules;
  std::size_t main = 0;            // index of the entry module
  // Exported names that the manifest's handlers use; a handler is called by its index here.
  std::vector<std::string> exports;
  Realm realm = Realm::kStandard;
  State state = State::kInvocation;
  // Realm::kFrozen: the entry module rewritten as a function body of the same lines and columns,
  // which answers an array of the handlers in the order of `exports`. Filled by prepare().
  std::string closure;
  mutable CodeCacheSlot closure_cache;
  mutable CodeCacheSlot closure_sandbox_cache;
  // Set by the first invocation: the code caches were made again, with the functions that it ran.
  mutable std::atomic<bool> caches_after_run{false};
};

}  // namespace sublet::engine

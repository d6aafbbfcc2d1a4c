// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "dispatch/dispatcher.h"
#include "engine/engine.h"
#include "host/code_cache_store.h"
#include "host/program_builder.h"
#include "sublet/extension.h"
#include "sublet/result.h"

namespace sublet::host {

// Makes a runnable program of a bundle: builds, compiles, and runs its top-level code once under
// the tenant's limits. Equal bundles share one program, which is made and tried once. Thread-safe;
// blocks while it compiles.
class Installer {
 public:
  // `sandbox` may be null: what must run there is refused. `store` may be: nothing is kept on disk.
  Installer(engine::Engine& engine, engine::Engine* sandbox, dispatch::Dispatcher& dispatcher,
            CodeCacheStore* store)
      : engine_(engine), sandbox_(sandbox), dispatcher_(dispatcher), store_(store) {}

  // Who installs.
  struct Owner {
    std::string_view tenant;
    std::shared_ptr<const TenantPolicy> policy;
    bool sandboxed = false;  // its code runs in the sandboxed tier at present
  };
  // An error names file, line and field. `near_fatal` is set where trying the program out cost this
  // process an isolate: why.
  Result<BuiltProgram> make(const Owner& owner, const Bundle& bundle,
                            std::optional<std::string>& near_fatal);

  // Keeps on disk what invocations have added to the code caches since.
  void save() SUBLET_EXCLUDES(mutex_);

 private:
  std::shared_ptr<const engine::Program> find(const std::string& digest) SUBLET_EXCLUDES(mutex_);
  void keep(const std::shared_ptr<const engine::Program>& program) SUBLET_EXCLUDES(mutex_);
  void read_caches(engine::Program& program);
  void write_caches(const engine::Program& program);
  Result<void> prepare(const Owner& owner, engine::Program& program);
  Result<void> try_out(const Owner& owner, const BuiltProgram& built,
                       std::optional<std::string>& near_fatal);

  engine::Engine& engine_;
  engine::Engine* const sandbox_;
  dispatch::Dispatcher& dispatcher_;
  CodeCacheStore* const store_;

  base::Mutex mutex_;
  std::map<std::string, std::weak_ptr<const engine::Program>> programs_ SUBLET_GUARDED_BY(mutex_);
  std::size_t prune_at_ SUBLET_GUARDED_BY(mutex_) = 64;
};

}  // namespace sublet::host

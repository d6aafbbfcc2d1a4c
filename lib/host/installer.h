// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

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
  // `store` may be null: nothing is kept on disk.
  Installer(engine::Engine& engine, dispatch::Dispatcher& dispatcher, CodeCacheStore* store)
      : engine_(engine), dispatcher_(dispatcher), store_(store) {}

  // An error names file, line and field.
  Result<BuiltProgram> make(std::string_view tenant, const Bundle& bundle,
                            const std::shared_ptr<const TenantPolicy>& policy);

  // Keeps on disk what invocations have added to the code caches since.
  void save() SUBLET_EXCLUDES(mutex_);

 private:
  std::shared_ptr<const engine::Program> find(const std::string& digest) SUBLET_EXCLUDES(mutex_);
  void keep(const std::shared_ptr<const engine::Program>& program) SUBLET_EXCLUDES(mutex_);
  void read_caches(engine::Program& program);
  void write_caches(const engine::Program& program);
  Result<void> try_out(std::string_view tenant, const BuiltProgram& built,
                       const std::shared_ptr<const TenantPolicy>& policy);

  engine::Engine& engine_;
  dispatch::Dispatcher& dispatcher_;
  CodeCacheStore* const store_;

  base::Mutex mutex_;
  std::map<std::string, std::weak_ptr<const engine::Program>> programs_ SUBLET_GUARDED_BY(mutex_);
  std::size_t prune_at_ SUBLET_GUARDED_BY(mutex_) = 64;
};

}  // namespace sublet::host

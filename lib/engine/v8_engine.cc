// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_engine.h"

#include <v8-version-string.h>

#include <string>

#include "engine/v8_compat.h"
#include "engine/v8_icu_memory.h"
#include "engine/v8_isolate.h"
#include "engine/v8_platform.h"
#include "engine/v8_prepare.h"
#include "engine/v8_snapshot.h"
#include "sublet/version.h"

namespace sublet::engine {
namespace {

class V8Engine final : public Engine {
 public:
  V8Engine(const Snapshot& snapshot, const V8EngineOptions& options)
      : snapshot_(snapshot), jitless_(options.jitless), on_fatal_(options.on_fatal) {}

  Result<std::unique_ptr<Isolate>> create_isolate(const IsolateOptions& options,
                                                  FatalHandler on_fatal) override {
    if (forked_after_start()) {
      return Error{ErrorCode::kFailedPrecondition, "V8 was started before this process was forked"};
    }
    return std::unique_ptr<Isolate>(
        std::make_unique<V8Isolate>(options, snapshot_, std::move(on_fatal)));
  }

  Result<void> prepare(Program& program) override {
    return on_fatal_ ? prepare_program_here(snapshot_, program, on_fatal_)
                     : prepare_program(snapshot_, program);
  }

  std::string cache_tag() const override {
    return std::string(v8::V8::GetVersion()) + (jitless_ ? "-jitless" : "") + "-" +
           std::to_string(v8::ScriptCompiler::CachedDataVersionTag());
  }

 private:
  const Snapshot& snapshot_;
  const bool jitless_;
  const FatalHandler on_fatal_;
};

}  // namespace

Result<std::unique_ptr<Engine>> create_v8_engine(const V8EngineOptions& options) {
  const Result<void> started =
      start_v8({static_cast<v8::Platform*>(options.platform), options.jitless, options.forkable,
                options.clock_resolution, options.count_icu_memory});
  if (!started) return started.error();
  Result<const Snapshot*> snapshot = startup_snapshot();
  if (!snapshot) return snapshot.error();
  return std::unique_ptr<Engine>(std::make_unique<V8Engine>(**snapshot, options));
}

bool icu_memory_counted() noexcept { return icu_memory_is_counted(); }

bool process_was_forked() noexcept { return forked_after_start(); }

}  // namespace sublet::engine

namespace sublet {
inline namespace v1 {

std::string_view engine_version() noexcept {
  static const std::string version = v8::V8::GetVersion();
  return version;
}

}  // namespace v1
}  // namespace sublet

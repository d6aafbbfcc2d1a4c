// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "engine/engine.h"
#include "sandbox/zygote_link.h"

namespace sublet::sandbox {

// Makes isolates that live in processes of their own. Thread-safe.
class SandboxEngine final : public engine::Engine {
 public:
  explicit SandboxEngine(ZygoteOptions options)
      : link_(std::make_shared<ZygoteLink>(std::move(options))) {}

  Result<std::unique_ptr<engine::Isolate>> create_isolate(const engine::IsolateOptions& options,
                                                          engine::FatalHandler on_fatal) override;
  Result<void> prepare(engine::Program& program) override;
  std::string cache_tag() const override { return {}; }

  // Whoever waits for a process gives up soon.
  void begin_stop() noexcept { link_->begin_stop(); }
  // Ends the helper and with it every process; nothing can be made any more.
  void stop() { link_->stop_for_good(); }

 private:
  Result<std::unique_ptr<class RemoteIsolate>> take();

  const std::shared_ptr<ZygoteLink> link_;
};

}  // namespace sublet::sandbox

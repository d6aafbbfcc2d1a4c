// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/engine.h"
#include "sublet/extension.h"

namespace sublet::bench {

// A bundle's handler called at the engine's seam, in a context that is kept. One thread.
class EngineCalls {
 public:
  enum class Tier : std::uint8_t { kInProcess, kSandboxed };

  EngineCalls(const Bundle& bundle, Tier tier);
  ~EngineCalls();
  EngineCalls(const EngineCalls&) = delete;
  EngineCalls& operator=(const EngineCalls&) = delete;

  // Entering, one turn, leaving.
  std::uint64_t call_ns(const std::string& json);

 private:
  std::unique_ptr<engine::Engine> engine_;
  std::shared_ptr<const engine::Program> program_;
  std::unique_ptr<engine::Isolate> isolate_;
  std::unique_ptr<engine::Context> context_;
  engine::ActivationId last_ = 0;
};

}  // namespace sublet::bench

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "engine/engine.h"
#include "sandbox/messages.h"

namespace sublet::sandbox {

class RemoteIsolate;

// A context in a sandboxed process. What the process answers is checked before it is believed.
class RemoteContext final : public engine::Context {
 public:
  // `number` is the process's name for it.
  RemoteContext(RemoteIsolate& isolate, std::uint64_t number)
      : isolate_(isolate), number_(number) {}
  ~RemoteContext() override;

  engine::LoadReport load(std::shared_ptr<const engine::Program> program,
                          engine::HostCallPort& port) override;
  engine::TurnReport start(engine::ActivationId id, const engine::CallInput& input,
                           engine::HostCallPort& port) override;
  engine::TurnReport resume(engine::ActivationId id,
                            std::span<const engine::HostCallCompletion> completions) override;
  void warn(engine::ActivationId id) override;
  void drop(engine::ActivationId id) override;
  bool reusable() const override;

 private:
  struct Waiting {
    engine::HostCallPort* port = nullptr;
    std::uint64_t result_limit = 0;
  };

  engine::TurnReport run_turn(engine::ActivationId id, MessageType question, std::string_view body,
                              const Waiting& its);

  RemoteIsolate& isolate_;
  const std::uint64_t number_;
  std::shared_ptr<const engine::Program> program_;
  bool reusable_ = false;
  std::unordered_map<engine::ActivationId, Waiting> waiting_;
};

}  // namespace sublet::sandbox

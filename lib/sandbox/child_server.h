// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "engine/engine.h"
#include "sandbox/channel.h"

namespace sublet::sandbox {

// Runs in a sandboxed process: does what the host asks of the one isolate in it, until the host is
// gone. What does not come from our host ends the process.
class ChildServer final : private engine::HostCallPort {
 public:
  // `isolate` is not entered. `spare` is a context of it without a program, or null.
  ChildServer(Channel channel, engine::Engine& engine, std::unique_ptr<engine::Isolate> isolate,
              std::unique_ptr<engine::Context> spare);

  [[noreturn]] void serve();

  // Handles kTurnSignal: the turn of that number ends as soon as V8 looks.
  static void terminate_turn(std::uint32_t turn) noexcept;
  // The engine is beyond saving: tells the host, and ends the process.
  [[noreturn]] static void fatal(std::string_view reason) noexcept;

 private:
  void handle(const Channel::Message& message);
  bool handle_quiet(const Channel::Message& message);
  void create_context(std::string_view body);
  void load(std::string_view body);
  void start(std::string_view body);
  void resume(std::string_view body);
  void prepare(std::string_view body);

  void begin_turn(std::uint32_t turn);
  Standing end_turn(const engine::Context* context);
  engine::Context& context(std::uint64_t number);
  void answer(MessageType type, std::string_view body);
  // What the host says next, which must be of that type.
  std::string_view await(MessageType type);

  engine::HostCallStart start_call(std::string_view name, std::string arguments,
                                   std::string body) noexcept override;
  engine::HostCallStart start_timer(std::chrono::milliseconds delay) noexcept override;
  void cancel_timer(engine::CallId id) noexcept override;
  void log(LogLevel level, std::string_view text) noexcept override;
  engine::RemainingLimits remaining() noexcept override;

  Channel channel_;
  engine::Engine& engine_;
  std::unique_ptr<engine::Isolate> isolate_;
  std::unique_ptr<engine::Context> spare_;
  engine::IsolateOptions options_;
  std::unordered_map<std::uint64_t, std::unique_ptr<engine::Context>> contexts_;
  std::unordered_map<std::uint64_t, std::shared_ptr<const engine::Program>> programs_;
};

}  // namespace sublet::sandbox

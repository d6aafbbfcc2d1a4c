// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/utf8.h"
#include "engine/v8_engine.h"

namespace sublet::engine {

// Takes what an invocation logs and calls; answers are given by the test through resume().
class RecordingPort final : public HostCallPort {
 public:
  HostCallStart start_call(std::string_view name, std::string arguments,
                           std::string body) noexcept override {
    calls.emplace_back(std::string(name), std::move(arguments));
    bodies.push_back(std::move(body));
    HostCallStart start = next;
    if (start.kind == HostCallStart::Kind::kPending) start.id = ++last_id;
    return start;
  }
  HostCallStart start_timer(std::chrono::milliseconds delay) noexcept override {
    delays.push_back(delay);
    return {HostCallStart::Kind::kPending, ++last_id, {}};
  }
  void cancel_timer(CallId id) noexcept override { canceled.push_back(id); }
  void log(LogLevel level, std::string_view text) noexcept override {
    logs.push_back(std::string(to_string(level)) + " " + std::string(text));
  }
  RemainingLimits remaining() noexcept override {
    return {std::chrono::milliseconds(7), std::chrono::milliseconds(9), 3, 4, 5, 6, 7};
  }

  HostCallStart next{HostCallStart::Kind::kPending, 0, {}};
  CallId last_id = 0;
  std::vector<std::pair<std::string, std::string>> calls;
  std::vector<std::string> bodies;  // of the calls
  std::vector<std::chrono::milliseconds> delays;
  std::vector<CallId> canceled;
  std::vector<std::string> logs;
};

inline Engine& v8_engine() {
  static const std::unique_ptr<Engine> engine = create_v8_engine({}).value();
  return *engine;
}

// A program of one file whose handler is the export `run`.
inline std::shared_ptr<Program> program_of(std::string text, Realm realm = Realm::kStandard,
                                           State state = State::kInvocation) {
  auto program = std::make_shared<Program>();
  auto module = std::make_unique<ProgramModule>();
  module->path = "extension.js";
  module->ascii = base::is_ascii(text);
  module->text = std::move(text);
  program->modules.push_back(std::move(module));
  program->exports = {"run"};
  program->realm = realm;
  program->state = state;
  return program;
}

inline CallInput input_of(std::string_view payload = {}) {
  CallInput input;
  input.payload = payload;
  input.payload_ascii = base::is_ascii(payload);
  input.event = "onTest";
  input.event_id = "evt_1";
  input.tenant = "acme";
  input.extension = "ext";
  return input;
}

// An isolate with one context and one program in it, entered.
class Running {
 public:
  explicit Running(std::string text, Realm realm = Realm::kStandard,
                   State state = State::kInvocation, IsolateOptions options = {})
      : program(program_of(std::move(text), realm, state)),
        isolate(v8_engine().create_isolate(options, {}).value()),
        entered(*isolate) {
    prepared = v8_engine().prepare(*program);
    if (!prepared) return;
    context = isolate->create_context(realm);
    loaded = context->load(program, port);
  }
  ~Running() { context.reset(); }

  TurnReport run(std::string_view payload = {}) {
    return context->start(++activation, input_of(payload), port);
  }

  std::shared_ptr<Program> program;
  std::unique_ptr<Isolate> isolate;
  EnteredIsolate entered;
  Result<void> prepared;
  std::unique_ptr<Context> context;
  RecordingPort port;
  LoadReport loaded;
  ActivationId activation = 0;
};

}  // namespace sublet::engine

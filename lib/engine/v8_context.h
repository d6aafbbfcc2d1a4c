// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <v8.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/engine.h"
#include "engine/v8_isolate.h"

namespace sublet::engine {

// One host call or timer of an activation that is under way.
struct PendingCall {
  CallId id = 0;
  std::uint32_t token = 0;                      // timers: what JavaScript holds
  v8::Global<v8::Promise::Resolver> resolver;   // host calls
  v8::Global<v8::Function> callback;            // timers
};

// One invocation inside a context. On the stack while its first turn runs, on the heap once it
// awaits.
struct Activation {
  ActivationId id = 0;
  HostCallPort* port = nullptr;
  bool loading = false;  // top-level code: may log, may not call
  Bytes result_limit;
  bool result_dry_run = false;
  std::chrono::steady_clock::time_point started;
  v8::Global<v8::Promise> promise;
  v8::Global<v8::Object> state;  // the SDK's, made when first asked for
  std::vector<PendingCall> pending;
  std::uint32_t last_token = 0;
  bool warned = false;
  // Promises of the present turn that were rejected with nobody listening.
  std::vector<std::pair<v8::Global<v8::Promise>, v8::Global<v8::Value>>> unhandled;
};

// A global object with the SDK and one program in it.
class V8Context final : public Context {
 public:
  // Null where V8 could not make one (out of memory).
  static std::unique_ptr<V8Context> create(V8Isolate& isolate, Realm realm);
  ~V8Context() override;
  V8Context(const V8Context&) = delete;
  V8Context& operator=(const V8Context&) = delete;

  LoadReport load(std::shared_ptr<const Program> program, HostCallPort& port) override;
  TurnReport start(ActivationId id, const CallInput& input, HostCallPort& port) override;
  TurnReport resume(ActivationId id, std::span<const HostCallCompletion> completions) override;
  void warn(ActivationId id) override;
  void drop(ActivationId id) override;
  bool reusable() const override;

  // For the native functions and module callbacks, inside a turn:
  Activation* activation() { return activation_; }
  const Program* program() const { return program_.get(); }
  v8::MaybeLocal<v8::Module> module(std::size_t index);
  void note_rejection(v8::PromiseRejectMessage message);
  std::optional<std::size_t> index_of(v8::Local<v8::Module> module);

 private:
  // Marks this context's turn of one activation, for the native functions.
  class Turn;

  V8Context(V8Isolate& isolate, Realm realm) : isolate_(isolate), realm_(realm) {}

  bool start_up();
  bool take_hooks(v8::Local<v8::Context> context);
  void remove_globals(v8::Local<v8::Context> context);

  // In a forked process: random numbers that its siblings don't draw.
  void seed_random(v8::Local<v8::Context> context);
  LoadReport load_modules(v8::Local<v8::Context> context);
  LoadReport evaluate_main(v8::Local<v8::Context> context);
  LoadReport load_closure(v8::Local<v8::Context> context);
  LoadReport take_handlers(v8::Local<v8::Context> context, v8::Local<v8::Object> exports);
  // Makes the code caches from what has been compiled so far, top-level code and handlers.
  void keep_caches();
  LoadReport load_failure(v8::Local<v8::Context> context, v8::TryCatch& caught);

  v8::MaybeLocal<v8::Function> handler(v8::Local<v8::Context> context, std::size_t index);
  v8::MaybeLocal<v8::Value> call_start(v8::Local<v8::Context> context, const CallInput& input,
                                       v8::Local<v8::Function> handler);
  v8::Local<v8::Value> cached(v8::Global<v8::String>& slot, std::string& text,
                              std::string_view wanted);
  void complete(v8::Local<v8::Context> context, Activation& activation,
                const HostCallCompletion& completion);
  TurnReport settle(v8::Local<v8::Context> context, Activation& activation, v8::TryCatch& caught);
  TurnReport finish(v8::Local<v8::Context> context, Activation& activation,
                    v8::Local<v8::Value> result);
  TurnReport failed(v8::Local<v8::Context> context, Outcome outcome, v8::Local<v8::Value> reason,
                    v8::Local<v8::Message> message);
  TurnReport ended();
  void report_unhandled(v8::Local<v8::Context> context, Activation& activation);
  TurnReport run_microtasks(v8::Local<v8::Context> context, Activation& activation,
                            v8::TryCatch& caught);

  V8Isolate& isolate_;
  const Realm realm_;
  std::shared_ptr<const Program> program_;
  bool poisoned_ = false;  // a turn was ended from outside: its microtasks may be left

  // The queue outlives the context that points at it.
  std::unique_ptr<v8::MicrotaskQueue> queue_;
  v8::Global<v8::Context> context_;
  v8::Global<v8::Function> start_;
  v8::Global<v8::Function> warn_;
  v8::Global<v8::Function> freeze_;
  v8::Global<v8::Function> seed_random_;

  std::vector<v8::Global<v8::Module>> modules_;
  std::vector<v8::Global<v8::Function>> handlers_;
  // Realm::kFrozen: makes the handlers anew.
  v8::Global<v8::Function> closure_;
  v8::Global<v8::UnboundScript> unbound_closure_;

  Activation* activation_ = nullptr;
  std::unordered_map<ActivationId, std::unique_ptr<Activation>> waiting_;

  // What successive calls have in common, kept as V8 strings.
  std::string tenant_text_, extension_text_, event_text_;
  v8::Global<v8::String> tenant_, extension_, event_;
};

}  // namespace sublet::engine

// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_context.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/v8_compat.h"
#include "engine/v8_exception.h"
#include "engine/v8_modules.h"
#include "engine/v8_host_calls.h"
#include "engine/v8_native.h"
#include "engine/v8_strings.h"

namespace sublet::engine {
namespace {

constexpr const char* kNotJson = "the handler's result is not JSON";

TurnReport invalid_result(std::string message) {
  TurnReport report;
  report.outcome = Outcome::kInvalidResult;
  report.error = GuestError{"InvalidResult", std::move(message), {}};
  return report;
}

// A member of the SDK's hooks.
bool take_hook(v8::Local<v8::Context> context, v8::Local<v8::Object> hooks, std::string_view key,
               v8::Global<v8::Function>& out) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> value;
  if (!hooks->Get(context, name(isolate, key)).ToLocal(&value) || !value->IsFunction()) return false;
  out.Reset(isolate, value.As<v8::Function>());
  return true;
}

}  // namespace

class V8Context::Turn {
 public:
  Turn(V8Context& context, Activation& activation, base::TimePoint started)
      : context_(context),
        started_(started),
        outer_context_(context.isolate_.current),
        outer_activation_(context.activation_) {
    context.isolate_.begin_turn();
    context.isolate_.current = &context;
    context.activation_ = &activation;
  }
  ~Turn() {
    context_.activation_ = outer_activation_;
    context_.isolate_.current = outer_context_;
    context_.isolate_.end_turn(started_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  V8Context& context_;
  const base::TimePoint started_;
  V8Context* const outer_context_;
  Activation* const outer_activation_;
};

std::unique_ptr<V8Context> V8Context::create(V8Isolate& isolate, Realm realm) {
  std::unique_ptr<V8Context> made(new V8Context(isolate, realm));
  if (!made->start_up()) return nullptr;
  return made;
}

V8Context::~V8Context() = default;

bool V8Context::start_up() {
  v8::Isolate* isolate = isolate_.v8();
  v8::HandleScope handles(isolate);
  queue_ = v8::MicrotaskQueue::New(isolate, v8::MicrotasksPolicy::kExplicit);
  v8::Local<v8::Context> context;
  if (!v8::Context::FromSnapshot(isolate, isolate_.snapshot().context_index, {}, nullptr, {},
                                 queue_.get())
           .ToLocal(&context)) {
    return false;
  }
  context_.Reset(isolate, context);
  v8::Context::Scope entered(context);
  if (!isolate_.options().allow_eval) {
    context->AllowCodeGenerationFromStrings(false);
    context->SetErrorMessageForCodeGenerationFromStrings(
        literal(isolate, "code from strings is not allowed"));
  }
  remove_globals(context);
  return take_hooks(context);
}

// V8 puts some globals back when it makes a context from a snapshot, so they go here.
void V8Context::remove_globals(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Object> global = context->Global();
  for (const std::string_view unwanted : {"SharedArrayBuffer", "Atomics"}) {
    compat::ignore(global->Delete(context, name(isolate, unwanted)));
  }
  if (!isolate_.options().allow_wasm) compat::ignore(global->Delete(context, name(isolate, "WebAssembly")));
}

bool V8Context::take_hooks(v8::Local<v8::Context> context) {
  v8::Local<v8::Object> hooks;
  return context->GetDataFromSnapshotOnce<v8::Object>(isolate_.snapshot().hooks_index)
             .ToLocal(&hooks) &&
         take_hook(context, hooks, "start", start_) && take_hook(context, hooks, "warn", warn_) &&
         take_hook(context, hooks, "freeze", freeze_) &&
         take_hook(context, hooks, "seedRandom", seed_random_);
}

bool V8Context::reusable() const {
  if (poisoned_ || isolate_.exhausted() || program_ == nullptr) return false;
  return realm_ == Realm::kFrozen || program_->state == State::kTenant;
}

TurnReport V8Context::start(ActivationId id, const CallInput& input, HostCallPort& port) {
  v8::Isolate* isolate = isolate_.v8();
  v8::HandleScope handles(isolate);
  v8::Local<v8::Context> context = context_.Get(isolate);
  v8::Context::Scope entered(context);
  Activation first;
  first.id = id;
  first.port = &port;
  first.result_limit = input.result_limit;
  first.result_dry_run = input.result_dry_run;
  first.started = std::chrono::steady_clock::now();
  TurnReport report;
  {
    Turn turn(*this, first, first.started);
    v8::TryCatch caught(isolate);
    v8::Local<v8::Function> function;
    v8::Local<v8::Value> answer;
    if (!handler(context, input.handler).ToLocal(&function) ||
        !call_start(context, input, function).ToLocal(&answer)) {
      return caught.HasCaught() && !caught.HasTerminated() && !isolate_.termination_requested()
                 ? failed(context, Outcome::kException, caught.Exception(), caught.Message())
                 : ended();
    }
    if (answer->IsPromise()) {
      first.promise.Reset(isolate, answer.As<v8::Promise>());
      report = run_microtasks(context, first, caught);
    } else {
      // What the handler started without awaiting still gets its microtasks.
      queue_->PerformCheckpoint(isolate);
      if (!first.unhandled.empty()) report_unhandled(context, first);
      report = isolate_.termination_requested() ? ended() : finish(context, first, answer);
    }
  }
  if (!program_->caches_after_run.load(std::memory_order_relaxed) &&
      report.outcome == Outcome::kOk && !program_->caches_after_run.exchange(true)) {
    keep_caches();
  }
  if (report.status == TurnReport::Status::kAwaiting) {
    waiting_.emplace(id, std::make_unique<Activation>(std::move(first)));
  }
  return report;
}

v8::MaybeLocal<v8::Function> V8Context::handler(v8::Local<v8::Context> context, std::size_t index) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (realm_ != Realm::kFrozen) return handlers_[index].Get(isolate);
  v8::Local<v8::Value> made;
  v8::Local<v8::Value> function;
  if (!closure_.Get(isolate)->Call(context, v8::Undefined(isolate), 0, nullptr).ToLocal(&made) ||
      !made.As<v8::Object>()->Get(context, static_cast<std::uint32_t>(index)).ToLocal(&function)) {
    return {};
  }
  return function.As<v8::Function>();
}

v8::Local<v8::Value> V8Context::cached(v8::Global<v8::String>& slot, std::string& text,
                                       std::string_view wanted) {
  v8::Isolate* isolate = isolate_.v8();
  if (slot.IsEmpty() || text != wanted) {
    text = wanted;
    slot.Reset(isolate, make_string(isolate, wanted).FromMaybe(v8::String::Empty(isolate)));
  }
  return slot.Get(isolate);
}

v8::MaybeLocal<v8::Value> V8Context::call_start(v8::Local<v8::Context> context,
                                                const CallInput& input,
                                                v8::Local<v8::Function> handler) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> data = v8::Null(isolate);
  if (!input.payload.empty()) {
    v8::Local<v8::String> text;
    if (!(input.payload_ascii ? make_payload(isolate, input.payload)
                              : make_string(isolate, input.payload))
             .ToLocal(&text) ||
        !v8::JSON::Parse(context, text).ToLocal(&data)) {
      return {};
    }
  }
  std::array<v8::Local<v8::Value>, 7> arguments = {
      handler,
      data,
      cached(event_, event_text_, input.event),
      make_ascii(isolate, input.event_id).FromMaybe(v8::String::Empty(isolate)),
      v8::Integer::NewFromUnsigned(isolate, input.attempt),
      cached(tenant_, tenant_text_, input.tenant),
      cached(extension_, extension_text_, input.extension)};
  return start_.Get(isolate)->Call(context, v8::Undefined(isolate),
                                   static_cast<int>(arguments.size()), arguments.data());
}

TurnReport V8Context::resume(ActivationId id, std::span<const HostCallCompletion> completions) {
  v8::Isolate* isolate = isolate_.v8();
  v8::HandleScope handles(isolate);
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) return ended();
  v8::Local<v8::Context> context = context_.Get(isolate);
  v8::Context::Scope entered(context);
  Activation& activation = *found->second;
  TurnReport report;
  {
    Turn turn(*this, activation, std::chrono::steady_clock::now());
    v8::TryCatch caught(isolate);
    if (activation.warned) {
      activation.warned = false;
      compat::ignore(warn_.Get(isolate)->Call(context, v8::Undefined(isolate), 0, nullptr));
    }
    for (const HostCallCompletion& completion : completions) {
      complete(context, activation, completion);
      // One completion's microtasks run before the next is delivered, as event loops do.
      queue_->PerformCheckpoint(isolate);
      if (isolate_.termination_requested()) break;
    }
    report = run_microtasks(context, activation, caught);
  }
  if (report.status == TurnReport::Status::kFinished) waiting_.erase(id);
  return report;
}

void V8Context::complete(v8::Local<v8::Context> context, Activation& activation,
                         const HostCallCompletion& completion) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::HandleScope handles(isolate);
  auto& pending = activation.pending;
  const auto at = std::find_if(pending.begin(), pending.end(),
                               [&](const PendingCall& call) { return call.id == completion.id; });
  if (at == pending.end()) return;  // a timer that was cleared
  PendingCall call = std::move(*at);
  pending.erase(at);
  v8::TryCatch caught(isolate);
  if (!call.callback.IsEmpty()) {
    v8::Local<v8::Function> callback = call.callback.Get(isolate);
    if (callback->Call(context, v8::Undefined(isolate), 0, nullptr).IsEmpty() &&
        caught.HasCaught() && !caught.HasTerminated()) {
      const GuestError error =
          describe_exception(context, caught.Exception(), caught.Message(), *program_);
      activation.port->log(LogLevel::kError, "Uncaught " + error.name + ": " + error.message);
    }
    return;
  }
  settle_host_call(context, call.resolver.Get(isolate),
                   {completion.ok, completion.text, completion.bytes, completion.code});
}

TurnReport V8Context::run_microtasks(v8::Local<v8::Context> context, Activation& activation,
                                     v8::TryCatch& caught) {
  queue_->PerformCheckpoint(isolate_.v8());
  if (!activation.unhandled.empty()) report_unhandled(context, activation);
  return settle(context, activation, caught);
}

void V8Context::note_rejection(v8::PromiseRejectMessage message) {
  constexpr std::size_t kMost = 8;
  if (activation_ == nullptr || activation_->loading) return;
  v8::Isolate* isolate = isolate_.v8();
  auto& unhandled = activation_->unhandled;
  if (message.GetEvent() == v8::kPromiseHandlerAddedAfterReject) {
    std::erase_if(unhandled, [&](const auto& entry) {
      return entry.first.Get(isolate) == message.GetPromise();
    });
  } else if (message.GetEvent() == v8::kPromiseRejectWithNoHandler && unhandled.size() < kMost) {
    unhandled.emplace_back(v8::Global<v8::Promise>(isolate, message.GetPromise()),
                           v8::Global<v8::Value>(isolate, message.GetValue()));
  }
}

void V8Context::report_unhandled(v8::Local<v8::Context> context, Activation& activation) {
  v8::Isolate* isolate = isolate_.v8();
  auto unhandled = std::exchange(activation.unhandled, {});
  for (const auto& [promise, reason] : unhandled) {
    if (isolate_.termination_requested()) return;
    if (!activation.promise.IsEmpty() && promise.Get(isolate) == activation.promise.Get(isolate)) {
      continue;  // the handler's own answer
    }
    const GuestError error = describe_exception(context, reason.Get(isolate), {}, *program_);
    activation.port->log(LogLevel::kError,
                         "Unhandled rejection: " + error.name + ": " + error.message);
  }
}

TurnReport V8Context::settle(v8::Local<v8::Context> context, Activation& activation,
                             v8::TryCatch& caught) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (caught.HasTerminated() || isolate_.termination_requested()) return ended();
  v8::Local<v8::Promise> promise = activation.promise.Get(isolate);
  switch (promise->State()) {
    case v8::Promise::kPending: {
      TurnReport report;
      report.status = TurnReport::Status::kAwaiting;
      report.stalled = activation.pending.empty();
      return report;
    }
    case v8::Promise::kRejected: {
      v8::Local<v8::Value> reason = promise->Result();
      return failed(context, Outcome::kException, reason,
                    v8::Exception::CreateMessage(isolate, reason));
    }
    case v8::Promise::kFulfilled:
      break;
  }
  return finish(context, activation, promise->Result());
}

// Making text of a result runs its toJSON functions and getters: tenant code.
TurnReport V8Context::finish(v8::Local<v8::Context> context, Activation& activation,
                             v8::Local<v8::Value> result) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (isolate_.termination_requested()) return ended();
  TurnReport report;
  report.outcome = Outcome::kOk;
  if (result->IsUndefined()) {
    report.json = "null";
    return report;
  }
  if (result->IsFunction() || result->IsSymbol()) return invalid_result(kNotJson);
  v8::TryCatch caught(isolate);
  v8::Local<v8::String> text;
  if (!v8::JSON::Stringify(context, result).ToLocal(&text)) {
    return caught.HasCaught() && !caught.HasTerminated()
               ? failed(context, Outcome::kInvalidResult, caught.Exception(), caught.Message())
               : ended();
  }
  if (isolate_.termination_requested()) return ended();
  const std::uint64_t limit = activation.result_limit.count;
  const bool certainly_fits = static_cast<std::uint64_t>(text->Length()) * 3 <= limit;
  if (!certainly_fits && !activation.result_dry_run) {
    const auto bytes = static_cast<std::uint64_t>(compat::utf8_length(isolate, text));
    if (bytes > limit) {
      report = invalid_result("the result has " + std::to_string(bytes) +
                              " bytes; limits.result is " + std::to_string(limit));
      report.over_result_limit = true;
      return report;
    }
  }
  report.json = to_utf8(isolate, text);
  // What a toJSON that answers nothing leaves of the whole result.
  if (report.json == "undefined") return invalid_result(kNotJson);
  return report;
}

TurnReport V8Context::failed(v8::Local<v8::Context> context, Outcome outcome,
                             v8::Local<v8::Value> reason, v8::Local<v8::Message> message) {
  TurnReport report;
  report.outcome = outcome;
  report.error = describe_exception(context, reason, message, *program_);
  // Describing the error runs tenant code too, and may have been ended.
  if (isolate_.termination_requested()) return ended();
  return report;
}

// The turn was ended from outside; whoever did it knows the outcome.
TurnReport V8Context::ended() {
  poisoned_ = true;
  TurnReport report;
  report.outcome = Outcome::kInternalError;
  report.error = GuestError{"Terminated", "the turn was ended before it finished", {}};
  return report;
}

void V8Context::warn(ActivationId id) {
  const auto found = waiting_.find(id);
  if (found != waiting_.end()) found->second->warned = true;
}

void V8Context::drop(ActivationId id) { waiting_.erase(id); }

v8::MaybeLocal<v8::Module> V8Context::module(std::size_t index) {
  if (index >= modules_.size()) return {};
  return modules_[index].Get(isolate_.v8());
}

std::optional<std::size_t> V8Context::index_of(v8::Local<v8::Module> module) {
  v8::Isolate* isolate = isolate_.v8();
  for (std::size_t i = 0; i < modules_.size(); ++i) {
    if (!modules_[i].IsEmpty() && modules_[i].Get(isolate) == module) return i;
  }
  return std::nullopt;
}

}  // namespace sublet::engine

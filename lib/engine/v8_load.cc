// SPDX-License-Identifier: Apache-2.0
// V8Context's start-up half: evaluating a program's top-level code.

#include <sys/random.h>

#include <array>
#include <cstdint>
#include <utility>

#include "engine/v8_compat.h"
#include "engine/v8_context.h"
#include "engine/v8_exception.h"
#include "engine/v8_modules.h"
#include "engine/v8_platform.h"
#include "engine/v8_strings.h"

namespace sublet::engine {

LoadReport V8Context::load(std::shared_ptr<const Program> program, HostCallPort& port) {
  v8::Isolate* isolate = isolate_.v8();
  v8::HandleScope handles(isolate);
  program_ = std::move(program);
  v8::Local<v8::Context> context = context_.Get(isolate);
  v8::Context::Scope entered(context);
  Activation loading;
  loading.port = &port;
  loading.loading = true;
  loading.started = std::chrono::steady_clock::now();
  isolate_.begin_turn();
  V8Context* const outer = std::exchange(isolate_.current, this);
  activation_ = &loading;
  if (started_forkable()) seed_random(context);
  LoadReport report =
      realm_ == Realm::kFrozen ? load_closure(context) : load_modules(context);
  activation_ = nullptr;
  isolate_.current = outer;
  isolate_.end_turn(loading.started);
  if (!report.ok) poisoned_ = true;
  return report;
}

void V8Context::seed_random(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  std::array<std::int32_t, 3> seeds{};
  // Without it the numbers are those of the siblings; nothing that matters may rest on Math.random.
  compat::ignore(::getrandom(seeds.data(), sizeof seeds, GRND_NONBLOCK));
  std::array<v8::Local<v8::Value>, 3> arguments;
  for (std::size_t i = 0; i < seeds.size(); ++i) {
    arguments[i] = v8::Integer::New(isolate, seeds[i]);
  }
  compat::ignore(seed_random_.Get(isolate)->Call(context, v8::Undefined(isolate),
                                                 static_cast<int>(arguments.size()),
                                                 arguments.data()));
}

LoadReport V8Context::load_failure(v8::Local<v8::Context> context, v8::TryCatch& caught) {
  LoadReport report;
  report.outcome = Outcome::kCompileError;
  if (caught.HasTerminated() || isolate_.termination_requested() || !caught.HasCaught()) {
    report.outcome = Outcome::kInternalError;
    report.error = GuestError{"Terminated", "the top-level code was ended before it finished", {}};
    return report;
  }
  report.error = describe_located(context, caught.Exception(), caught.Message(), *program_);
  return report;
}

LoadReport V8Context::load_modules(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch caught(isolate);
  modules_.resize(program_->modules.size());
  // Only what the entry module reaches; prepare() has compiled the rest to check it.
  std::vector<std::size_t> wanted = {program_->main};
  while (!wanted.empty()) {
    const std::size_t index = wanted.back();
    wanted.pop_back();
    if (!modules_[index].IsEmpty()) continue;
    v8::Local<v8::Module> compiled;
    if (!compile_module(isolate, program_, index).ToLocal(&compiled)) {
      return load_failure(context, caught);
    }
    modules_[index].Reset(isolate, compiled);
    for (const auto& [specifier, target] : program_->modules[index]->imports) {
      wanted.push_back(target);
    }
  }
  return evaluate_main(context);
}

LoadReport V8Context::evaluate_main(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch caught(isolate);
  v8::Local<v8::Module> main = modules_[program_->main].Get(isolate);
  v8::Local<v8::Value> evaluated;
  if (link_modules(context, main).IsNothing() || !main->Evaluate(context).ToLocal(&evaluated)) {
    return load_failure(context, caught);
  }
  queue_->PerformCheckpoint(isolate);
  if (isolate_.termination_requested()) return load_failure(context, caught);
  LoadReport report;
  report.outcome = Outcome::kCompileError;
  if (evaluated->IsPromise()) {
    v8::Local<v8::Promise> promise = evaluated.As<v8::Promise>();
    if (promise->State() == v8::Promise::kPending) {
      report.error = GuestError{
          "Error",
          program_->modules[program_->main]->path +
              ": the top-level await never settles: host calls and timers are not available while "
              "the extension starts",
          {}};
      return report;
    }
    if (promise->State() == v8::Promise::kRejected) {
      v8::Local<v8::Value> reason = promise->Result();
      promise->MarkAsHandled();
      report.error = describe_located(
          context, reason, v8::Exception::CreateMessage(isolate, reason), *program_);
      return report;
    }
  }
  report = take_handlers(context, main->GetModuleNamespace().As<v8::Object>());
  if (!report.ok) return report;
  // Taken after the run, the cache holds just the functions that start-up needs.
  if (program_->modules[program_->main]->code_cache.get() == nullptr) keep_caches();
  return report;
}

void V8Context::keep_caches() {
  v8::Isolate* isolate = isolate_.v8();
  for (std::size_t i = 0; i < modules_.size(); ++i) {
    if (!modules_[i].IsEmpty()) keep_code_cache(*program_->modules[i], modules_[i].Get(isolate));
  }
  if (!unbound_closure_.IsEmpty()) keep_closure_cache(*program_, unbound_closure_.Get(isolate));
}

LoadReport V8Context::load_closure(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch caught(isolate);
  v8::Local<v8::UnboundScript> compiled;
  v8::Local<v8::Value> closure;
  v8::Local<v8::Value> made;
  if (freeze_.Get(isolate)->Call(context, v8::Undefined(isolate), 0, nullptr).IsEmpty() ||
      !compile_closure(isolate, program_).ToLocal(&compiled) ||
      !compiled->BindToCurrentContext()->Run(context).ToLocal(&closure) || !closure->IsFunction() ||
      !closure.As<v8::Function>()
           ->Call(context, v8::Undefined(isolate), 0, nullptr)
           .ToLocal(&made)) {
    return load_failure(context, caught);
  }
  closure_.Reset(isolate, closure.As<v8::Function>());
  queue_->PerformCheckpoint(isolate);
  if (isolate_.termination_requested()) return load_failure(context, caught);
  LoadReport report;
  for (std::size_t i = 0; i < program_->exports.size(); ++i) {
    v8::Local<v8::Value> handler;
    if (!made.As<v8::Object>()->Get(context, static_cast<std::uint32_t>(i)).ToLocal(&handler) ||
        !handler->IsFunction()) {
      report.outcome = Outcome::kCompileError;
      report.missing_export = i;
      return report;
    }
  }
  unbound_closure_.Reset(isolate, compiled);
  if (program_->closure_cache.get() == nullptr) keep_caches();
  report.ok = true;
  report.outcome = Outcome::kOk;
  return report;
}

LoadReport V8Context::take_handlers(v8::Local<v8::Context> context, v8::Local<v8::Object> exports) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch caught(isolate);
  LoadReport report;
  report.outcome = Outcome::kCompileError;
  handlers_.clear();
  for (std::size_t i = 0; i < program_->exports.size(); ++i) {
    v8::Local<v8::String> key;
    v8::Local<v8::Value> handler;
    if (!make_string(isolate, program_->exports[i]).ToLocal(&key) ||
        !exports->Get(context, key).ToLocal(&handler) || !handler->IsFunction()) {
      report.missing_export = i;
      return report;
    }
    handlers_.emplace_back(isolate, handler.As<v8::Function>());
  }
  report.ok = true;
  report.outcome = Outcome::kOk;
  return report;
}

}  // namespace sublet::engine

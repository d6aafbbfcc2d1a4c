// SPDX-License-Identifier: Apache-2.0
#include "bench/raw_key_value.h"

#include <stdexcept>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bench/raw_v8_text.h"

namespace sublet::bench {

struct RawKeyValueTenant::Impl {
  struct Waiting {
    v8::Global<v8::Promise::Resolver> resolver;
    bool is_get = false;
    std::string key, value;
  };

  v8::Isolate* isolate = new_isolate();
  v8::Global<v8::Context> context;
  v8::Global<v8::Function> handler;
  std::unordered_map<std::string, std::string> entries;
  std::vector<Waiting> waiting;

  ~Impl() {
    waiting.clear();
    context.Reset();
    handler.Reset();
    isolate->Dispose();
  }

  static Impl& of(const v8::FunctionCallbackInfo<v8::Value>& info) {
    return *static_cast<Impl*>(info.Data().As<v8::External>()->Value());
  }

  void start(const v8::FunctionCallbackInfo<v8::Value>& info, bool is_get) {
    v8::Local<v8::Context> inside = isolate->GetCurrentContext();
    v8::Local<v8::Promise::Resolver> resolver = v8::Promise::Resolver::New(inside).ToLocalChecked();
    Waiting& call = waiting.emplace_back();
    call.resolver.Reset(isolate, resolver);
    call.is_get = is_get;
    text_out(isolate, info[0].As<v8::String>(), call.key);
    if (!is_get) {
      text_out(isolate, v8::JSON::Stringify(inside, info[1]).ToLocalChecked(), call.value);
    }
    info.GetReturnValue().Set(resolver->GetPromise());
  }

  static void get(const v8::FunctionCallbackInfo<v8::Value>& info) { of(info).start(info, true); }
  static void set(const v8::FunctionCallbackInfo<v8::Value>& info) { of(info).start(info, false); }

  v8::Local<v8::Value> make(v8::Local<v8::Context> inside, Waiting& call) {
    if (!call.is_get) {
      entries[call.key] = std::move(call.value);
      return v8::Undefined(isolate);
    }
    const auto found = entries.find(call.key);
    if (found == entries.end()) return v8::Undefined(isolate);
    return v8::JSON::Parse(inside, copied(isolate, found->second)).ToLocalChecked();
  }

  void settle(v8::Local<v8::Context> inside) {
    if (waiting.empty()) throw std::runtime_error("the handler waits for nothing");
    for (Waiting& call : std::exchange(waiting, {})) {
      v8::HandleScope handles(isolate);
      call.resolver.Get(isolate)->Resolve(inside, make(inside, call)).Check();
    }
  }

  void call(v8::Local<v8::Context> inside, const std::string& json, std::string& out) {
    v8::HandleScope handles(isolate);
    v8::Local<v8::Value> event = v8::JSON::Parse(inside, copied(isolate, json)).ToLocalChecked();
    v8::Local<v8::Promise> answer = handler.Get(isolate)
                                        ->Call(inside, v8::Undefined(isolate), 1, &event)
                                        .ToLocalChecked()
                                        .As<v8::Promise>();
    for (;;) {
      isolate->PerformMicrotaskCheckpoint();
      if (answer->State() != v8::Promise::kPending) break;
      settle(inside);
    }
    text_out(isolate, v8::JSON::Stringify(inside, answer->Result()).ToLocalChecked(), out);
  }
};

RawKeyValueTenant::RawKeyValueTenant(const std::string& source,
                                     const std::map<std::string, std::string>& seed)
    : impl_(std::make_unique<Impl>()) {
  impl_->entries.insert(seed.begin(), seed.end());
  v8::Isolate* isolate = impl_->isolate;
  isolate->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
  v8::Isolate::Scope entered(isolate);
  v8::HandleScope handles(isolate);
  v8::Local<v8::Context> inside = v8::Context::New(isolate);
  v8::Context::Scope in_context(inside);
  v8::Local<v8::Object> kv = v8::Object::New(isolate);
  v8::Local<v8::External> self = v8::External::New(isolate, impl_.get());
  const auto add = [&](const char* name, v8::FunctionCallback callback) {
    kv->Set(inside, copied(isolate, name),
            v8::Function::New(inside, callback, self).ToLocalChecked())
        .Check();
  };
  add("get", Impl::get);
  add("set", Impl::set);
  inside->Global()->Set(inside, copied(isolate, "kv"), kv).Check();
  bench::run(inside, compile(isolate, source));
  impl_->context.Reset(isolate, inside);
  impl_->handler.Reset(isolate, handler_of(isolate, inside));
}

RawKeyValueTenant::~RawKeyValueTenant() = default;

void RawKeyValueTenant::run(const std::string& json, std::uint64_t count, std::string& out) {
  v8::Isolate* isolate = impl_->isolate;
  v8::Isolate::Scope entered(isolate);
  v8::HandleScope handles(isolate);
  v8::Local<v8::Context> inside = impl_->context.Get(isolate);
  v8::Context::Scope in_context(inside);
  for (std::uint64_t i = 0; i < count; ++i) impl_->call(inside, json, out);
}

}  // namespace sublet::bench

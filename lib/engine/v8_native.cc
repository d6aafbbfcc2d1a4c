// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_native.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <utility>

#include "base/utf8.h"
#include "engine/sdk_sources.h"
#include "engine/v8_clone.h"
#include "engine/v8_compat.h"
#include "engine/v8_context.h"
#include "engine/v8_exception.h"
#include "engine/v8_host_calls.h"
#include "engine/v8_platform.h"
#include "engine/v8_strings.h"

namespace sublet::engine {
namespace {

using Info = v8::FunctionCallbackInfo<v8::Value>;

void set_timer(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Activation* activation = activation_of(isolate);
  if (activation == nullptr || !info[0]->IsFunction()) return;
  if (activation->loading) return throw_error(isolate, kNoCallsYet);
  constexpr double kLongest = 2147483647;
  const double asked = info[1]->IsNumber() ? info[1].As<v8::Number>()->Value() : 0;
  const double delay = asked > 0 && asked <= kLongest ? std::ceil(asked) : 0;
  HostCallStart start =
      activation->port->start_timer(std::chrono::milliseconds(static_cast<std::int64_t>(delay)));
  if (start.kind != HostCallStart::Kind::kPending) {
    isolate->ThrowException(v8::Exception::RangeError(
        make_string(isolate, start.text).FromMaybe(literal(isolate, "too many timers"))));
    return;
  }
  PendingCall& pending = activation->pending.emplace_back();
  pending.id = start.id;
  pending.token = ++activation->last_token;
  pending.callback.Reset(isolate, info[0].As<v8::Function>());
  info.GetReturnValue().Set(pending.token);
}

void clear_timer(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Activation* activation = activation_of(isolate);
  if (activation == nullptr || !info[0]->IsUint32()) return;
  const std::uint32_t token = info[0].As<v8::Uint32>()->Value();
  for (auto it = activation->pending.begin(); it != activation->pending.end(); ++it) {
    if (it->token != token || token == 0) continue;
    activation->port->cancel_timer(it->id);
    activation->pending.erase(it);
    return;
  }
}

void log(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Activation* activation = activation_of(isolate);
  if (activation == nullptr) return;
  const std::uint32_t level = info[0]->IsUint32() ? info[0].As<v8::Uint32>()->Value() : 1;
  activation->port->log(static_cast<LogLevel>(std::min(level, 3u)), text_of(isolate, info[1]));
}

// As exact as JavaScript may know it.
double milliseconds(std::chrono::nanoseconds time) {
  return static_cast<double>((time - time % clock_step()).count()) / 1e6;
}

void remaining(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  Activation* activation = activation_of(isolate);
  if (activation == nullptr) return;
  const RemainingLimits left = activation->port->remaining();
  std::array<v8::Local<v8::Value>, 7> values = {
      v8::Number::New(isolate, milliseconds(left.cpu_time)),
      v8::Number::New(isolate, milliseconds(left.wall_time)),
      v8::Number::New(isolate, left.host_calls),
      v8::Number::New(isolate, left.log_lines),
      v8::Number::New(isolate, left.kv_operations),
      v8::Number::New(isolate, left.requests),
      v8::Number::New(isolate, left.events)};
  info.GetReturnValue().Set(v8::Array::New(isolate, values.data(), values.size()));
}

void state(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  V8Context* context = running(isolate);
  Activation* activation = context == nullptr ? nullptr : context->activation();
  if (activation == nullptr || activation->loading) return;
  if (activation->state.IsEmpty()) {
    activation->state.Reset(isolate,
                            v8::Object::New(isolate, v8::Null(isolate), nullptr, nullptr, 0));
  }
  info.GetReturnValue().Set(activation->state.Get(isolate));
}

void now(const Info& info) {
  V8Context* context = running(info.GetIsolate());
  Activation* activation = context == nullptr ? nullptr : context->activation();
  if (activation == nullptr) return info.GetReturnValue().Set(0);
  info.GetReturnValue().Set(milliseconds(std::chrono::steady_clock::now() - activation->started));
}

void random_bytes(const Info& info) {
  if (!info[0]->IsUint8Array()) return;
  v8::Local<v8::Uint8Array> view = info[0].As<v8::Uint8Array>();
  std::size_t left = view->ByteLength();
  auto* at = static_cast<std::uint8_t*>(view->Buffer()->GetBackingStore()->Data());
  if (at == nullptr) return;
  at += view->ByteOffset();
  while (left > 0) {
    const ssize_t got = getrandom(at, left, 0);
    if (got <= 0) return throw_error(info.GetIsolate(), "no random bytes");
    at += got;
    left -= static_cast<std::size_t>(got);
  }
}

void clone(const Info& info) {
  v8::Local<v8::Value> copy;
  if (structured_clone(info.GetIsolate()->GetCurrentContext(), info[0]).ToLocal(&copy)) {
    info.GetReturnValue().Set(copy);
  }
}

void encode_utf8(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsString()) return;
  v8::Local<v8::String> text = info[0].As<v8::String>();
  const auto size = static_cast<std::size_t>(compat::utf8_length(isolate, text));
  // V8 gives up the process where this allocation fails, so the budget is asked before.
  if (!V8Isolate::from(isolate)->has_external_room(size)) {
    isolate->ThrowException(
        v8::Exception::RangeError(literal(isolate, "Array buffer allocation failed")));
    return;
  }
  v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(isolate, size);
  const std::string bytes = to_utf8(isolate, text);
  if (size > 0) {
    std::copy_n(bytes.data(), std::min(size, bytes.size()),
                static_cast<char*>(buffer->GetBackingStore()->Data()));
  }
  info.GetReturnValue().Set(v8::Uint8Array::New(buffer, 0, size));
}

void decode_utf8(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsUint8Array()) return;
  v8::Local<v8::Uint8Array> view = info[0].As<v8::Uint8Array>();
  const auto store = view->Buffer()->GetBackingStore();
  const char* data = static_cast<const char*>(store->Data());
  const std::string_view bytes =
      data == nullptr ? std::string_view()
                      : std::string_view(data + view->ByteOffset(), view->ByteLength());
  if (info[1]->IsTrue() && !base::is_utf8(bytes)) {
    isolate->ThrowException(
        v8::Exception::TypeError(literal(isolate, "The encoded data was not valid for utf-8")));
    return;
  }
  v8::Local<v8::String> text;
  if (make_string(isolate, bytes).ToLocal(&text)) {
    info.GetReturnValue().Set(text);
  } else {
    throw_error(isolate, "the text is too long");
  }
}

// A proxy answers every question that JavaScript can ask it by its handler.
void is_proxy(const Info& info) { info.GetReturnValue().Set(info[0]->IsProxy()); }

// Of how many characters a text may be at all: what has more fits no heap, flat as V8 needs it.
void longest_text(const Info& info) {
  const IsolateOptions& options = V8Isolate::from(info.GetIsolate())->options();
  constexpr double kLongest = v8::String::kMaxLength;
  const double heap = static_cast<double>(options.heap.count);
  info.GetReturnValue().Set(options.heap_dry_run ? kLongest : std::min(heap, kLongest));
}

// What an error says is read back by describe_exception(), and by nobody in JavaScript.
void set_retry_after(const Info& info) {
  if (!info[0]->IsObject() || !info[1]->IsNumber()) return;
  mark_retry_after(info.GetIsolate()->GetCurrentContext(), info[0].As<v8::Object>(),
                   info[1].As<v8::Number>()->Value());
}

// Evaluates another part of the SDK: answers its setup function.
void lazy(const Info& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  const std::string part = text_of(isolate, info[0]);
  v8::ScriptOrigin origin = compat::make_origin(
      isolate, literal(isolate, std::string(kSdkScriptName) + "/" + part), /*is_module=*/false);
  v8::Local<v8::String> source;
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> setup;
  if (make_external_ascii(isolate, sdk_source(part), nullptr).ToLocal(&source) &&
      v8::Script::Compile(context, source, &origin).ToLocal(&script) &&
      script->Run(context).ToLocal(&setup)) {
    info.GetReturnValue().Set(setup);
  }
}

// No C++ exception may pass a V8 frame.
template <void (*Function)(const Info&)>
void trampoline(const Info& info) noexcept {
  try {
    Function(info);
  } catch (...) {
    throw_error(info.GetIsolate(), "out of memory");
  }
}

struct NativeFunction {
  std::string_view name;
  v8::FunctionCallback callback;
};

constexpr std::array<NativeFunction, 15> kFunctions = {{
    {"call", trampoline<start_host_call>},
    {"setTimer", trampoline<set_timer>},
    {"clearTimer", trampoline<clear_timer>},
    {"log", trampoline<log>},
    {"remaining", trampoline<remaining>},
    {"state", trampoline<state>},
    {"now", trampoline<now>},
    {"randomBytes", trampoline<random_bytes>},
    {"structuredClone", trampoline<clone>},
    {"encodeUtf8", trampoline<encode_utf8>},
    {"decodeUtf8", trampoline<decode_utf8>},
    {"isProxy", trampoline<is_proxy>},
    {"longestText", trampoline<longest_text>},
    {"setRetryAfter", trampoline<set_retry_after>},
    {"lazy", trampoline<lazy>},
}};

v8::MaybeLocal<v8::Promise> import_dynamically(v8::Local<v8::Context> context, v8::Local<v8::Data>,
                                               v8::Local<v8::Value>, v8::Local<v8::String>,
                                               v8::Local<v8::FixedArray>) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
  const auto reason = v8::Exception::TypeError(
      literal(isolate, "import() is not available; use a static import of a file in the bundle"));
  if (resolver->Reject(context, reason).IsNothing()) return {};
  return resolver->GetPromise();
}

void describe_module(v8::Local<v8::Context> context, v8::Local<v8::Module> module,
                     v8::Local<v8::Object> meta) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  V8Context* self = running(isolate);
  if (self == nullptr || self->program() == nullptr) return;
  const std::optional<std::size_t> index = self->index_of(module);
  v8::Local<v8::String> url;
  if (!index ||
      !make_string(isolate, "bundle:///" + self->program()->modules[*index]->path).ToLocal(&url)) {
    return;
  }
  compat::ignore(meta->CreateDataProperty(context, name(isolate, "url"), url));
}

void on_rejection(v8::PromiseRejectMessage message) {
  V8Context* context = running(v8::Isolate::GetCurrent());
  if (context != nullptr) context->note_rejection(message);
}

}  // namespace

v8::Local<v8::Object> make_native_object(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Object> native = v8::Object::New(isolate);
  for (const NativeFunction& entry : kFunctions) {
    v8::Local<v8::Function> function;
    if (v8::FunctionTemplate::New(isolate, entry.callback)
            ->GetFunction(context)
            .ToLocal(&function)) {
      compat::ignore(native->Set(context, name(isolate, entry.name), function));
    }
  }
  // Whether a tenant may have it is decided when its context is made.
  compat::ignore(native->Set(context, name(isolate, "allowWasm"), v8::True(isolate)));
  return native;
}

const std::intptr_t* native_references() {
  static const auto references = [] {
    std::array<std::intptr_t, kFunctions.size() + 1> addresses{};
    for (std::size_t i = 0; i < kFunctions.size(); ++i) {
      addresses[i] = reinterpret_cast<std::intptr_t>(kFunctions[i].callback);
    }
    return addresses;
  }();
  return references.data();
}

void install_isolate_callbacks(v8::Isolate* isolate) {
  isolate->SetHostImportModuleDynamicallyCallback(import_dynamically);
  isolate->SetHostInitializeImportMetaObjectCallback(describe_module);
  isolate->SetPromiseRejectCallback(on_rejection);
}

}  // namespace sublet::engine

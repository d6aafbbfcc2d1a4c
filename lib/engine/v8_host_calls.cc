// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_host_calls.h"

#include <algorithm>
#include <cstdint>

#include "engine/v8_compat.h"
#include "engine/v8_isolate.h"
#include "engine/v8_strings.h"

namespace sublet::engine {
namespace {

v8::Local<v8::Value> error_of(v8::Local<v8::Context> context, std::string_view message,
                              std::string_view code = {}) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::Local<v8::Value> error =
      v8::Exception::Error(make_string(isolate, message).FromMaybe(literal(isolate, "error")));
  v8::Local<v8::String> text;
  if (!code.empty() && make_string(isolate, code).ToLocal(&text)) {
    compat::ignore(
        error.As<v8::Object>()->CreateDataProperty(context, name(isolate, "code"), text));
  }
  return error;
}

// Half a surrogate pair has no UTF-8: what was written under such a key would be found under
// others, and a request's body would not be what was given.
bool is_well_formed(v8::Isolate* isolate, v8::Local<v8::String> text) {
  if (text->IsOneByte() || text->ContainsOnlyOneByte()) return true;
  const v8::String::Value units(isolate, text);
  for (int i = 0; i < units.length(); ++i) {
    const std::uint16_t unit = (*units)[i];
    if (unit < 0xD800 || unit > 0xDFFF) continue;
    const bool pair = unit < 0xDC00 && i + 1 < units.length() && ((*units)[i + 1] >> 10) == 0x37;
    if (!pair) return false;
    ++i;
  }
  return true;
}

// As tenant code calls it: "kv.get" for "kv.get@crm".
std::string call_of(const std::string& call) { return call.substr(0, call.find('@')); }

// Of an argument that is none, by the capability: "kv_argument" for "kv.get".
std::string code_of(const std::string& call) {
  return call.substr(0, call.find('.')) + "_argument";
}

// The text, or the bytes of the view.
std::string body_of(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  if (value->IsString()) return to_utf8(isolate, value.As<v8::String>());
  if (!value->IsUint8Array()) return {};
  v8::Local<v8::Uint8Array> view = value.As<v8::Uint8Array>();
  std::string bytes(view->ByteLength(), '\0');
  view->CopyContents(bytes.data(), bytes.size());
  return bytes;
}

bool read_json(v8::Local<v8::Context> context, std::string_view text, v8::Local<v8::Value>& value) {
  v8::Local<v8::String> json;
  return make_string(v8::Isolate::GetCurrent(), text).ToLocal(&json) &&
         v8::JSON::Parse(context, json).ToLocal(&value);
}

bool make_bytes(v8::Isolate* isolate, std::string_view bytes, v8::Local<v8::Value>& value) {
  // V8 gives up the process where this allocation fails, so the budget is asked before.
  if (!V8Isolate::from(isolate)->has_external_room(bytes.size())) return false;
  v8::Local<v8::ArrayBuffer> buffer = v8::ArrayBuffer::New(isolate, bytes.size());
  if (!bytes.empty()) {
    std::copy_n(bytes.data(), bytes.size(), static_cast<char*>(buffer->GetBackingStore()->Data()));
  }
  value = v8::Uint8Array::New(buffer, 0, bytes.size());
  return true;
}

}  // namespace

void throw_error(v8::Isolate* isolate, std::string_view message) {
  isolate->ThrowException(v8::Exception::Error(literal(isolate, message)));
}

V8Context* running(v8::Isolate* isolate) { return V8Isolate::from(isolate)->current; }

// The activation whose turn runs; null (and an exception) where none does.
Activation* activation_of(v8::Isolate* isolate) {
  V8Context* context = running(isolate);
  Activation* activation = context == nullptr ? nullptr : context->activation();
  if (activation == nullptr) throw_error(isolate, "no invocation is under way");
  return activation;
}

std::string text_of(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  return value->IsString() ? to_utf8(isolate, value.As<v8::String>()) : std::string();
}

void start_host_call(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  Activation* activation = activation_of(isolate);
  v8::Local<v8::Promise::Resolver> resolver;
  if (activation == nullptr || !v8::Promise::Resolver::New(context).ToLocal(&resolver)) return;
  info.GetReturnValue().Set(resolver->GetPromise());
  if (activation->loading) {
    settle_host_call(context, resolver, {false, kNoCallsYet});
    return;
  }
  if (info[2]->IsString() && !is_well_formed(isolate, info[2].As<v8::String>())) {
    const std::string name = text_of(isolate, info[0]);
    const std::string_view what = name.starts_with("kv.") ? "key" : "body";
    settle_host_call(context, resolver,
                     {false,
                      call_of(name) + ": the " + std::string(what) +
                          " is no Unicode: it has half a surrogate pair",
                      false, code_of(name)});
    return;
  }
  HostCallStart start = activation->port->start_call(
      text_of(isolate, info[0]), text_of(isolate, info[1]), body_of(isolate, info[2]));
  if (start.kind == HostCallStart::Kind::kPending) {
    PendingCall& pending = activation->pending.emplace_back();
    pending.id = start.id;
    pending.resolver.Reset(isolate, resolver);
    return;
  }
  settle_host_call(
      context, resolver,
      {start.kind == HostCallStart::Kind::kAnswered, start.text, start.bytes, start.code});
}

void settle_host_call(v8::Local<v8::Context> context, v8::Local<v8::Promise::Resolver> resolver,
                      const HostCallOutcome& outcome) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  if (!outcome.ok) {
    compat::ignore(resolver->Reject(context, error_of(context, outcome.text, outcome.code)));
    return;
  }
  v8::Local<v8::Value> value = v8::Undefined(isolate);
  if (outcome.bytes || !outcome.text.empty()) {
    v8::TryCatch caught(isolate);
    const bool read = outcome.bytes ? make_bytes(isolate, outcome.text, value)
                                    : read_json(context, outcome.text, value);
    if (!read) {
      if (caught.HasTerminated()) return;
      compat::ignore(resolver->Reject(
          context, error_of(context, outcome.bytes ? "Array buffer allocation failed"
                                                   : "the host's answer could not be read")));
      return;
    }
  }
  compat::ignore(resolver->Resolve(context, value));
}

}  // namespace sublet::engine

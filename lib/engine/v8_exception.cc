// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_exception.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/utf8.h"
#include "engine/engine.h"
#include "engine/stack_text.h"
#include "engine/v8_compat.h"
#include "engine/v8_strings.h"

namespace sublet::engine {
namespace {

constexpr std::string_view kOwnScripts = "sublet:";
constexpr std::size_t kMaxMessage = 8 << 10;
// Longer strings are cut inside V8 before they are copied out.
constexpr int kMaxCharacters = 64 << 10;

// A string property of an error; empty where there is none, or where reading it throws.
std::string text_property(v8::Local<v8::Context> context, v8::Local<v8::Object> object,
                          std::string_view key) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::TryCatch caught(isolate);
  v8::Local<v8::Value> value;
  if (!object->Get(context, name(isolate, key)).ToLocal(&value) || !value->IsString()) return {};
  v8::Local<v8::String> text = value.As<v8::String>();
  if (text->Length() > kMaxCharacters) return "(too long to show)";
  return to_utf8(isolate, text);
}

std::string own_text(v8::Local<v8::Context> context, v8::Local<v8::Value> value) {
  if (value->IsString() && value.As<v8::String>()->Length() > kMaxCharacters) {
    return "(too long to show)";
  }
  return describe(context, value, "(a value that cannot be shown)");
}

std::string name_of(v8::Local<v8::Context> context, v8::Local<v8::Object> error) {
  std::string own = text_property(context, error, "name");
  return own.empty() ? "Error" : own;
}

// Where the first frame of a stack is; empty where it has none.
std::string_view first_place(std::string_view stack) {
  std::string_view frame = stack.substr(0, stack.find('\n'));
  if (!frame.empty() && frame.back() == ')') {
    frame.remove_suffix(1);
    return frame.substr(frame.rfind('(') + 1);
  }
  const std::size_t at = frame.find("at ");
  return at == std::string_view::npos ? std::string_view() : frame.substr(at + 3);
}

v8::Local<v8::Private> retry_key(v8::Isolate* isolate) {
  return v8::Private::ForApi(isolate, literal(isolate, "sublet.retryAfter"));
}

// Runs no JavaScript: a proxy is not asked, and private symbols have no getters and no prototypes.
std::optional<std::chrono::milliseconds> retry_after_of(v8::Local<v8::Context> context,
                                                        v8::Local<v8::Object> error) {
  if (error->IsProxy()) return std::nullopt;
  v8::Local<v8::Value> value;
  if (!error->GetPrivate(context, retry_key(v8::Isolate::GetCurrent())).ToLocal(&value) ||
      !value->IsNumber()) {
    return std::nullopt;
  }
  const double asked = value.As<v8::Number>()->Value();
  constexpr auto kMost = static_cast<double>(kMostRetryAfter.count());
  if (!(asked >= 0)) return std::chrono::milliseconds(0);
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(asked, kMost)));
}

void cut(std::string& text) { text.resize(base::cut_utf8(text, kMaxMessage).size()); }

}  // namespace

GuestError describe_exception(v8::Local<v8::Context> context, v8::Local<v8::Value> thrown,
                              v8::Local<v8::Message> message, const Program& program) {
  GuestError error;
  if (thrown.IsEmpty()) {
    error.name = "Error";
    error.message = "the error could not be read";
    return error;
  }
  if (thrown->IsObject()) {
    v8::Local<v8::Object> object = thrown.As<v8::Object>();
    error.name = name_of(context, object);
    error.message = text_property(context, object, "message");
    error.stack = map_stack(text_property(context, object, "stack"), program);
    error.retry_after = retry_after_of(context, object);
    if (error.message.empty() && !thrown->IsNativeError()) {
      error.message = own_text(context, thrown);
    }
  } else {
    error.name = "Error";
    error.message = own_text(context, thrown);
  }
  if (error.stack.empty() && !message.IsEmpty()) {
    v8::Isolate* isolate = v8::Isolate::GetCurrent();
    v8::Local<v8::Value> resource = message->GetScriptResourceName();
    if (resource->IsString()) {
      error.stack =
          "    at " +
          map_position(
              program, to_utf8(isolate, resource.As<v8::String>()),
              static_cast<std::uint32_t>(message->GetLineNumber(context).FromMaybe(1)),
              static_cast<std::uint32_t>(message->GetStartColumn(context).FromMaybe(0) + 1));
    }
  }
  cut(error.name);
  cut(error.message);
  return error;
}

void mark_retry_after(v8::Local<v8::Context> context, v8::Local<v8::Object> error,
                      double milliseconds) {
  if (error->IsProxy()) return;
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  compat::ignore(
      error->SetPrivate(context, retry_key(isolate), v8::Number::New(isolate, milliseconds)));
}

GuestError describe_located(v8::Local<v8::Context> context, v8::Local<v8::Value> thrown,
                            v8::Local<v8::Message> message, const Program& program) {
  GuestError error = describe_exception(context, thrown, message, program);
  if (message.IsEmpty()) return error;
  v8::Local<v8::Value> resource = message->GetScriptResourceName();
  if (!resource->IsString()) return error;
  const std::string path = to_utf8(v8::Isolate::GetCurrent(), resource.As<v8::String>());
  std::string place;
  if (path.rfind(kOwnScripts, 0) == 0) {
    // Thrown on behalf of a caller, who is the first that the stack shows.
    place = first_place(error.stack);
  } else {
    place = map_position(
        program, path, static_cast<std::uint32_t>(message->GetLineNumber(context).FromMaybe(1)),
        static_cast<std::uint32_t>(message->GetStartColumn(context).FromMaybe(0) + 1));
  }
  error.message = (place.empty() ? "" : place + ": ") + error.name + ": " + error.message;
  return error;
}

}  // namespace sublet::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <v8.h>

#include <string>
#include <string_view>

#include "engine/v8_context.h"

namespace sublet::engine {

inline constexpr std::string_view kNoCallsYet =
    "host calls and timers are not available while the extension starts";

void throw_error(v8::Isolate* isolate, std::string_view message);

// The context whose turn, or top-level code, runs; may be null.
V8Context* running(v8::Isolate* isolate);

// The activation whose turn runs; null (and an exception) where none does.
Activation* activation_of(v8::Isolate* isolate);

// Empty where it is no string.
std::string text_of(v8::Isolate* isolate, v8::Local<v8::Value> value);

// call(name, arguments, body) of the SDK: answers a promise. The body is a text or a Uint8Array.
void start_host_call(const v8::FunctionCallbackInfo<v8::Value>& info);

// What a host call came to, see HostCallStart.
struct HostCallOutcome {
  bool ok = false;
  std::string_view text;
  bool bytes = false;
  std::string_view code = {};
};

// Gives a host call's promise its answer.
void settle_host_call(v8::Local<v8::Context> context, v8::Local<v8::Promise::Resolver> resolver,
                      const HostCallOutcome& outcome);

}  // namespace sublet::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <v8.h>

#include <cstdint>
#include <string_view>

namespace sublet::engine {

// The name under which the SDK's own frames appear; stack traces leave them out.
constexpr std::string_view kSdkScriptName = "sublet:sdk";

// The object that the SDK is started with: trampolines into the running V8Context. Every one is
// noexcept and finds its context by the isolate, so that it can live in the startup snapshot.
v8::Local<v8::Object> make_native_object(v8::Local<v8::Context> context);

// The addresses in that object, as the snapshot needs them; ends with 0.
const std::intptr_t* native_references();

// Dynamic import, import.meta and unhandled rejections.
void install_isolate_callbacks(v8::Isolate* isolate);

}  // namespace sublet::engine

// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_snapshot.h"

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/sdk_sources.h"
#include "engine/v8_compat.h"
#include "engine/v8_native.h"
#include "engine/v8_strings.h"

namespace sublet::engine {
namespace {

// Runs the SDK in the entered context; answers its hooks.
v8::MaybeLocal<v8::Object> evaluate_sdk(v8::Local<v8::Context> context) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::ScriptOrigin origin =
      compat::make_origin(isolate, literal(isolate, kSdkScriptName), /*is_module=*/false);
  v8::Local<v8::String> source;
  v8::Local<v8::Script> script;
  v8::Local<v8::Value> setup;
  v8::Local<v8::Value> hooks;
  if (!make_ascii(isolate, sdk_source("core")).ToLocal(&source) ||
      !v8::Script::Compile(context, source, &origin).ToLocal(&script) ||
      !script->Run(context).ToLocal(&setup) || !setup->IsFunction()) {
    return {};
  }
  v8::Local<v8::Value> native = make_native_object(context);
  if (!setup.As<v8::Function>()->Call(context, v8::Undefined(isolate), 1, &native).ToLocal(&hooks) ||
      !hooks->IsObject()) {
    return {};
  }
  return hooks.As<v8::Object>();
}

Result<const Snapshot*> make_snapshot() {
  auto* snapshot = new Snapshot;  // for the life of the process, as V8's own
  std::unique_ptr<v8::ArrayBuffer::Allocator> allocator(
      v8::ArrayBuffer::Allocator::NewDefaultAllocator());
  auto creator = compat::make_snapshot_creator(native_references(), allocator.get());
  v8::Isolate* isolate = creator->GetIsolate();
  std::string failure;
  {
    v8::HandleScope handles(isolate);
    creator->SetDefaultContext(v8::Context::New(isolate));
    v8::Local<v8::Context> context = v8::Context::New(isolate);
    v8::Context::Scope entered(context);
    v8::TryCatch caught(isolate);
    v8::Local<v8::Object> hooks;
    if (evaluate_sdk(context).ToLocal(&hooks)) {
      snapshot->hooks_index = creator->AddData(context, hooks);
    } else {
      failure = "the SDK did not start: " + describe(context, caught.Exception(), "no exception");
    }
    snapshot->context_index = creator->AddContext(context);
  }
  snapshot->blob = creator->CreateBlob(v8::SnapshotCreator::FunctionCodeHandling::kKeep);
  if (!failure.empty()) return Error{ErrorCode::kInternal, failure};
  if (snapshot->blob.data == nullptr) {
    return Error{ErrorCode::kInternal, "V8 could not make a startup snapshot"};
  }
  return snapshot;
}

}  // namespace

Result<const Snapshot*> startup_snapshot() {
  static std::mutex mutex;
  static std::optional<Result<const Snapshot*>> made;
  std::lock_guard<std::mutex> lock(mutex);
  if (!made.has_value()) made = make_snapshot();
  return *made;
}

}  // namespace sublet::engine

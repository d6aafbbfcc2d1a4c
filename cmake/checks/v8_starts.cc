// SPDX-License-Identifier: Apache-2.0

// Starts V8 and adds one and one: a V8 built with other settings than its headers were read with
// ends the process in V8::Initialize(), and better here than in a host.
#include <libplatform/libplatform.h>
#include <v8.h>

#include <memory>

namespace {

int add_one_and_one(v8::Isolate* isolate) {
  v8::Isolate::Scope isolate_scope(isolate);
  v8::HandleScope handles(isolate);
  v8::Local<v8::Context> context = v8::Context::New(isolate);
  v8::Context::Scope context_scope(context);
  v8::Local<v8::String> source = v8::String::NewFromUtf8Literal(isolate, "1 + 1");
  v8::Local<v8::Value> sum =
      v8::Script::Compile(context, source).ToLocalChecked()->Run(context).ToLocalChecked();
  return sum->Int32Value(context).FromJust();
}

}  // namespace

int main() {
  std::unique_ptr<v8::Platform> platform = v8::platform::NewDefaultPlatform(1);
  v8::V8::InitializePlatform(platform.get());
  v8::V8::Initialize();
  std::unique_ptr<v8::ArrayBuffer::Allocator> buffers(
      v8::ArrayBuffer::Allocator::NewDefaultAllocator());
  v8::Isolate::CreateParams parameters;
  parameters.array_buffer_allocator = buffers.get();
  v8::Isolate* isolate = v8::Isolate::New(parameters);
  const int sum = add_one_and_one(isolate);
  isolate->Dispose();
  v8::V8::Dispose();
  return sum == 2 ? 0 : 1;
}

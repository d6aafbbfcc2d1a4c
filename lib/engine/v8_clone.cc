// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_clone.h"

#include <cstdlib>
#include <memory>

#include "engine/v8_strings.h"

namespace sublet::engine {
namespace {

class Delegate final : public v8::ValueSerializer::Delegate {
 public:
  void ThrowDataCloneError(v8::Local<v8::String> message) override {
    v8::Isolate::GetCurrent()->ThrowException(v8::Exception::Error(message));
  }
};

}  // namespace

v8::MaybeLocal<v8::Value> structured_clone(v8::Local<v8::Context> context,
                                           v8::Local<v8::Value> value) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Delegate delegate;
  v8::ValueSerializer writer(isolate, &delegate);
  writer.WriteHeader();
  if (writer.WriteValue(context, value).IsNothing()) return {};
  const auto [data, size] = writer.Release();
  const std::unique_ptr<std::uint8_t, decltype(&std::free)> bytes(data, &std::free);
  v8::ValueDeserializer reader(isolate, data, size);
  if (reader.ReadHeader(context).IsNothing()) return {};
  return reader.ReadValue(context);
}

}  // namespace sublet::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one place that knows how V8's API differs between 10.2 and 14.x. Everything else in v8_*.cc is
// written once.

#include <libplatform/libplatform.h>
#include <v8-version.h>
#include <v8.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#define SUBLET_V8 (V8_MAJOR_VERSION * 100 + V8_MINOR_VERSION)

namespace sublet::engine::compat {

// For calls whose failure leaves nothing to do: out of memory or terminated, which is noticed elsewhere.
template <typename T>
void ignore(const T&) {}

inline v8::ScriptOrigin make_origin(v8::Isolate* isolate, v8::Local<v8::Value> name, bool is_module,
                                    int column_offset = 0) {
#if SUBLET_V8 >= 1204
  (void)isolate;
  return v8::ScriptOrigin(name, 0, column_offset, false, -1, v8::Local<v8::Value>(), false, false,
                          is_module);
#else
  return v8::ScriptOrigin(isolate, name, 0, column_offset, false, -1, v8::Local<v8::Value>(), false,
                          false, is_module);
#endif
}

inline v8::Local<v8::Data> element(v8::Local<v8::Context> context, v8::Local<v8::FixedArray> array,
                                   int index) {
#if SUBLET_V8 >= 1400
  (void)context;
  return array->Get(index);
#else
  return array->Get(context, index);
#endif
}

// Writes a string as UTF-8; lone surrogates become U+FFFD.
inline void write_utf8(v8::Isolate* isolate, v8::Local<v8::String> text, std::string& out) {
#if SUBLET_V8 >= 1306
  out.resize(text->Utf8LengthV2(isolate));
  out.resize(text->WriteUtf8V2(isolate, out.data(), out.size(),
                               v8::String::WriteFlags::kReplaceInvalidUtf8));
#else
  out.resize(static_cast<std::size_t>(text->Utf8Length(isolate)));
  const int written = text->WriteUtf8(
      isolate, out.data(), static_cast<int>(out.size()), nullptr,
      v8::String::NO_NULL_TERMINATION | v8::String::REPLACE_INVALID_UTF8);
  out.resize(static_cast<std::size_t>(written));
#endif
}

// Writes a string whose characters all fit one byte (Latin-1).
inline void write_one_byte(v8::Isolate* isolate, v8::Local<v8::String> text, std::string& out) {
  const int length = text->Length();
  out.resize(static_cast<std::size_t>(length));
  auto* bytes = reinterpret_cast<std::uint8_t*>(out.data());
#if SUBLET_V8 >= 1306
  text->WriteOneByteV2(isolate, 0, static_cast<std::uint32_t>(length), bytes);
#else
  text->WriteOneByte(isolate, bytes, 0, length, v8::String::NO_NULL_TERMINATION);
#endif
}

// Copies characters `from` to `from + count` of a string.
inline void write_characters(v8::Isolate* isolate, v8::Local<v8::String> text, int from, int count,
                             std::uint16_t* out) {
#if SUBLET_V8 >= 1306
  text->WriteV2(isolate, static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(count), out);
#else
  text->Write(isolate, out, from, count, v8::String::NO_NULL_TERMINATION);
#endif
}

inline std::int64_t utf8_length(v8::Isolate* isolate, v8::Local<v8::String> text) {
#if SUBLET_V8 >= 1306
  return static_cast<std::int64_t>(text->Utf8LengthV2(isolate));
#else
  return text->Utf8Length(isolate);
#endif
}

inline void set_snapshot(v8::Isolate::CreateParams& params, const v8::StartupData* blob) {
#if SUBLET_V8 >= 1100
  params.snapshot_blob = blob;
#else
  params.snapshot_blob = const_cast<v8::StartupData*>(blob);
#endif
}

// A SnapshotCreator over an isolate of its own.
inline std::unique_ptr<v8::SnapshotCreator> make_snapshot_creator(
    const std::intptr_t* external_references, v8::ArrayBuffer::Allocator* allocator) {
#if SUBLET_V8 >= 1204
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator = allocator;
  params.external_references = external_references;
  return std::make_unique<v8::SnapshotCreator>(params);
#else
  (void)allocator;
  return std::make_unique<v8::SnapshotCreator>(external_references);
#endif
}

// The signature of V8's out-of-memory callback.
#if SUBLET_V8 >= 1100
#define SUBLET_V8_OOM_PARAMETERS const char *location, const v8::OOMDetails &
#else
#define SUBLET_V8_OOM_PARAMETERS const char *location, bool
#endif

// ArrayBuffer::Allocator::Reallocate is a virtual method only before V8 13.
#if SUBLET_V8 < 1300
#define SUBLET_V8_ALLOCATOR_REALLOCATES 1
#endif

}  // namespace sublet::engine::compat

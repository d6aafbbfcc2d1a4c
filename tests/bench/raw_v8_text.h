// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <v8.h>

#include <cstddef>
#include <cstdint>
#include <string>

// What every program on bare V8 needs: an isolate, its handler, strings in and out.
namespace sublet::bench {

inline v8::Isolate* new_isolate() {
  static v8::ArrayBuffer::Allocator* const allocator =
      v8::ArrayBuffer::Allocator::NewDefaultAllocator();
  v8::Isolate::CreateParams params;
  params.array_buffer_allocator = allocator;
  return v8::Isolate::New(params);
}

inline v8::Local<v8::String> copied(v8::Isolate* isolate, const std::string& ascii) {
  return v8::String::NewFromOneByte(isolate, reinterpret_cast<const std::uint8_t*>(ascii.data()),
                                    v8::NewStringType::kNormal, static_cast<int>(ascii.size()))
      .ToLocalChecked();
}

inline bool is_ascii(const std::string& text) {
  unsigned char seen = 0;
  for (const char c : text) seen |= static_cast<unsigned char>(c);
  return seen < 0x80;
}

// Copies without looking at what is above Latin-1, which is right for a string of ASCII alone.
inline void copy_out(v8::Isolate* isolate, v8::Local<v8::String> string, std::string& out) {
  auto* to = reinterpret_cast<std::uint8_t*>(out.data());
#if V8_MAJOR_VERSION >= 13
  string->WriteOneByteV2(isolate, 0, string->Length(), to);
#else
  string->WriteOneByte(isolate, to, 0, string->Length(), v8::String::NO_NULL_TERMINATION);
#endif
}

// V8 often keeps ASCII as two-byte strings, so the content is asked, not the representation.
inline void text_out(v8::Isolate* isolate, v8::Local<v8::String> string, std::string& out) {
  if (string->ContainsOnlyOneByte()) {
    out.resize(static_cast<std::size_t>(string->Length()));
    copy_out(isolate, string, out);
    if (is_ascii(out)) return;
  }
  v8::String::Utf8Value utf8(isolate, string);
  out.assign(*utf8, static_cast<std::size_t>(utf8.length()));
}

inline v8::ScriptOrigin origin(v8::Isolate* isolate) {
#if V8_MAJOR_VERSION >= 12
  return v8::ScriptOrigin(copied(isolate, "extension.js"));
#else
  return v8::ScriptOrigin(isolate, copied(isolate, "extension.js"));
#endif
}

inline v8::Local<v8::UnboundScript> compile(v8::Isolate* isolate, const std::string& source) {
  v8::ScriptCompiler::Source text(copied(isolate, source), origin(isolate));
  return v8::ScriptCompiler::CompileUnboundScript(isolate, &text).ToLocalChecked();
}

inline v8::Local<v8::Value> run(v8::Local<v8::Context> context,
                                v8::Local<v8::UnboundScript> script) {
  return script->BindToCurrentContext()->Run(context).ToLocalChecked();
}

inline v8::Local<v8::Function> handler_of(v8::Isolate* isolate, v8::Local<v8::Context> context) {
  return context->Global()
      ->Get(context, copied(isolate, "handler"))
      .ToLocalChecked()
      .As<v8::Function>();
}

}  // namespace sublet::bench

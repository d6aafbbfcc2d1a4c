// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <v8.h>

#include <memory>
#include <string>
#include <string_view>

namespace sublet::engine {

// A V8 string from UTF-8; empty on a text that V8 cannot hold (over 512 MB).
v8::MaybeLocal<v8::String> make_string(v8::Isolate* isolate, std::string_view utf8);
// The same from text known to be ASCII.
v8::MaybeLocal<v8::String> make_ascii(v8::Isolate* isolate, std::string_view ascii);
// The same for a payload: a large one stays outside V8's heap, so that reading it does not set off
// collections.
v8::MaybeLocal<v8::String> make_payload(v8::Isolate* isolate, std::string_view ascii);
// A short literal.
v8::Local<v8::String> literal(v8::Isolate* isolate, std::string_view ascii);
// An internalized literal, for property names.
v8::Local<v8::String> name(v8::Isolate* isolate, std::string_view ascii);

// A string over memory that `owner` keeps alive: nothing is copied and every isolate shares it.
v8::MaybeLocal<v8::String> make_external_ascii(v8::Isolate* isolate, std::string_view ascii,
                                               std::shared_ptr<const void> owner);

// UTF-8 of a string; lone surrogates become U+FFFD.
std::string to_utf8(v8::Isolate* isolate, v8::Local<v8::String> text);
// UTF-8 of any value by its own toString, which is tenant code; `otherwise` where that throws.
std::string describe(v8::Local<v8::Context> context, v8::Local<v8::Value> value,
                     std::string_view otherwise);

}  // namespace sublet::engine

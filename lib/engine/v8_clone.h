// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <v8.h>

namespace sublet::engine {

// structuredClone(value) by V8's own serializer. Empty, with an exception thrown, where the value
// cannot be cloned.
v8::MaybeLocal<v8::Value> structured_clone(v8::Local<v8::Context> context,
                                           v8::Local<v8::Value> value);

}  // namespace sublet::engine

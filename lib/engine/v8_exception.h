// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <v8.h>

#include "engine/program.h"
#include "sublet/invocation.h"

namespace sublet::engine {

// What tenant code threw, as text. Reading an error's properties runs tenant code, so this belongs
// inside the watchdog's reach; whatever fails is left out.
GuestError describe_exception(v8::Local<v8::Context> context, v8::Local<v8::Value> thrown,
                              v8::Local<v8::Message> message, const Program& program);

// The same for an error that has a place of its own: the message starts with "file:line:column: ".
GuestError describe_located(v8::Local<v8::Context> context, v8::Local<v8::Value> thrown,
                            v8::Local<v8::Message> message, const Program& program);

// Has describe_exception() answer GuestError::retry_after for this error, within its bounds. The
// mark is a private symbol of the object's own: tenant code can neither see nor copy it.
void mark_retry_after(v8::Local<v8::Context> context, v8::Local<v8::Object> error,
                      double milliseconds);

}  // namespace sublet::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <v8.h>

#include "engine/program.h"

namespace sublet::engine {

class V8Context;

// A module's text as a V8 string that shares the program's memory where it is ASCII.
v8::MaybeLocal<v8::String> module_text(v8::Isolate* isolate,
                                       const std::shared_ptr<const Program>& program,
                                       const ProgramModule& module);

// Compiles one module of a program in the entered context, from its code cache where that is good.
// A rejected cache is emptied, so that a fresh one is made.
v8::MaybeLocal<v8::Module> compile_module(v8::Isolate* isolate,
                                          const std::shared_ptr<const Program>& program,
                                          std::size_t index);

// Links the compiled modules of a context, from `main` down.
v8::Maybe<bool> link_modules(v8::Local<v8::Context> context, v8::Local<v8::Module> main);

// The code cache of what was compiled, with the functions that have run so far.
void keep_code_cache(const ProgramModule& module, v8::Local<v8::Module> compiled);

// The frozen realm's closure, compiled; its code cache likewise.
v8::MaybeLocal<v8::UnboundScript> compile_closure(v8::Isolate* isolate,
                                                  const std::shared_ptr<const Program>& program);
void keep_closure_cache(const Program& program, v8::Local<v8::UnboundScript> compiled);

}  // namespace sublet::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/engine.h"
#include "engine/program.h"
#include "engine/v8_snapshot.h"
#include "sublet/result.h"

namespace sublet::engine {

// Engine::prepare(): compiles every module of a program in an isolate of its own, resolves the
// imports, and rewrites the entry module for Realm::kFrozen. On a thread of its own, so that
// neither the caller's stack nor its life depends on what the text does to V8's parser.
Result<void> prepare_program(const Snapshot& snapshot, Program& program);

// The same on the calling thread, which has entered no isolate. `on_fatal` must not return.
Result<void> prepare_program_here(const Snapshot& snapshot, Program& program,
                                  FatalHandler on_fatal);

}  // namespace sublet::engine

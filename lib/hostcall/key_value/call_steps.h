// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "base/json_cursor.h"
#include "hostcall/key_value/call.h"

namespace sublet::hostcall {

// What a step has between its key and its options.
enum class KeyValueOperand : std::uint8_t { kNone, kJson, kBase64, kBody, kUpdates };

// key, operand, options: the cursor is inside their array. `body` is what kBody takes.
Result<KeyValueStep> read_step(base::JsonCursor& cursor, KeyValueStep::Kind kind,
                               KeyValueOperand operand, std::string& body);

// One step of a transaction: an array of its name and the above.
Result<KeyValueStep> read_transact_step(base::JsonCursor& cursor);

}  // namespace sublet::hostcall

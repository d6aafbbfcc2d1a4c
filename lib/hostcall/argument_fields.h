// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/json_cursor.h"
#include "sublet/result.h"

// The parts of a host call's arguments: each reads the value that the cursor stands at.
namespace sublet::hostcall {

Error wrong(std::string message);

// Not empty, Unicode, and of a size that a store takes.
Result<void> check_key(std::string_view key);

// `what` is named in the message. Half a surrogate pair is refused.
Result<std::string> read_text(base::JsonCursor& cursor, std::string_view what);
Result<std::string> read_key(base::JsonCursor& cursor);
Result<double> read_number(base::JsonCursor& cursor, std::string_view what);

// Names the one that was probably meant.
Error unknown_option(std::string_view name, std::span<const std::string_view> known);

}  // namespace sublet::hostcall

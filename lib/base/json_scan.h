// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sublet::base {

enum class JsonFault : std::uint8_t { kNone, kSyntax, kTooDeep, kNotUtf8 };

struct JsonScan {
  JsonFault fault = JsonFault::kNone;
  std::size_t offset = 0;  // of the first wrong byte
  bool ascii = true;       // every byte below 0x80: the text can be a one-byte string as it is

  bool ok() const noexcept { return fault == JsonFault::kNone; }
};

// Deeper nesting is refused whatever scan_json() is asked for.
inline constexpr std::uint32_t kMaxJsonDepth = 16'384;

// Checks that `text` is one JSON value (RFC 8259) in UTF-8 (RFC 3629), nested at most `max_depth`
// deep, without building anything, without recursion and without allocating. As the grammar has it,
// a \u escape may name half a surrogate pair, a number may be beyond a double's range, and a byte
// order mark is an error: what JSON.parse accepts, and nothing else.
JsonScan scan_json(std::string_view text, std::uint32_t max_depth) noexcept;

}  // namespace sublet::base

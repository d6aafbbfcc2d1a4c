// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/export.h"
#include "sublet/limits.h"
#include "sublet/result.h"

namespace sublet {
inline namespace v1 {

// One change to a JSON value. An absent entry is `null`, and so is what a path leads to where
// nothing is; objects on the way to it are made. Arrays are not filled up.
struct KeyValueUpdate {
  enum class Kind : std::uint8_t {
    kIncrement,  // adds a number; null counts as 0
    kAppend,     // adds an element to an array (null: an empty one), or a text to a text
    kSet,        // puts the operand there; "-" at a path's end adds to an array
    kRemove,     // takes the member or element away; does nothing where there is none
    kUnion,      // adds those elements of an array that are not there yet; null: an empty array
  };
  Kind kind = Kind::kSet;
  // A JSON Pointer (RFC 6901); empty: the whole value. At most 1 KiB and 32 parts.
  std::string path;
  std::string operand;  // JSON text; none for kRemove
};

// Updates of one value at once.
inline constexpr std::size_t kMaxKeyValueUpdates = 256;

// Applies the updates in turn to a JSON text (nullopt: absent) and answers the new one; an empty
// answer means that the whole value was removed, or that there is none still. What no update
// touches stays as it is, byte by byte. The result is at most `size` bytes and `depth` deep.
// Errors: kInvalidArgument, one sentence that names update, path and what stands in the way.
SUBLET_EXPORT Result<std::optional<std::string>> apply_updates(
    std::optional<std::string_view> current, const std::vector<KeyValueUpdate>& updates,
    Bytes size = Bytes::mebibytes(16), std::uint32_t depth = 64);

}  // namespace v1
}  // namespace sublet

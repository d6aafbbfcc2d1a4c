// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_cursor.h"
#include "sublet/result.h"

namespace sublet::adapters {

// The parts of a JSON Pointer (RFC 6901), or what is wrong with it.
Result<std::vector<std::string>> parse_json_pointer(std::string_view path);

// As a JSON string; the text is UTF-8.
std::string quoted_json(std::string_view text);

// "a number", for messages.
std::string_view name_of(base::JsonKind kind);

// A JSON text that is changed in places. The rest of it stays as it is, byte by byte: numbers of
// any precision, order, spaces and escapes are the author's.
//
// Ownership: owns the text.
// Thread safety: none; one thread at a time.
class JsonEdit {
 public:
  // What a path leads to.
  struct Place {
    enum class Kind : std::uint8_t {
      kValue,      // a value
      kNoMember,   // an object without such a member
      kNoElement,  // an array that is too short
      kArrayEnd,   // an array, and "-"
      kBlocked,    // a value that has no parts
    };
    Kind kind = Kind::kValue;
    // Of the value; else of the array, object or value that the path leads no further from.
    std::size_t begin = 0;
    std::size_t end = 0;
    bool empty = false;      // kNoMember, kArrayEnd: nothing is in it
    std::size_t parts = 0;   // of the path, up to there
    std::size_t parent = 0;  // kValue: where the array or object begins that it is in
  };

  // The text passed scan_json(); nullopt: there is nothing, which reads as null.
  explicit JsonEdit(std::optional<std::string_view> text)
      : text_(text.value_or("null")), present_(text.has_value()) {}

  Place find(const std::vector<std::string>& path) const;
  std::string_view at(const Place& place) const {
    return std::string_view(text_).substr(place.begin, place.end - place.begin);
  }
  base::JsonKind kind(const Place& place) const { return base::JsonCursor(at(place)).kind(); }

  // Puts a value there, in as many objects as the path goes on.
  void put(const std::vector<std::string>& path, const Place& place, std::string_view value);
  // Takes a value away.
  void remove(const std::vector<std::string>& path, const Place& place);

  std::size_t size() const { return text_.size(); }
  bool is_present() const { return present_; }
  std::string take() && { return std::move(text_); }

 private:
  // Consumes the value at the cursor. `level` parts of the path are behind.
  Place descend(base::JsonCursor& cursor, const std::vector<std::string>& path, std::size_t level,
                std::size_t parent) const;

  std::string text_;
  bool present_;
};

// An array's text with further elements, each a JSON text.
std::string with_elements(std::string_view array, const std::vector<std::string_view>& added);

}  // namespace sublet::adapters

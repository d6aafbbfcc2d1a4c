// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_cursor.h"
#include "hostcall/argument_fields.h"
#include "sublet/result.h"

// Arguments of host calls that are objects. The message of an error is one sentence.
namespace sublet::hostcall {

// One member that an object of arguments may have.
template <typename T>
struct Field {
  std::string_view name;
  Result<void> (*read)(base::JsonCursor&, T& out);
};

// Reads the object that the cursor stands at; what is not `known` is an error.
template <typename T>
Result<void> read_object(base::JsonCursor& cursor, std::span<const Field<T>> known, T& out) {
  if (cursor.kind() != base::JsonKind::kObject) return wrong("the options must be an object");
  base::JsonCursor::Member member;
  cursor.enter();
  while (cursor.next_member(member)) {
    const auto field = std::find_if(known.begin(), known.end(),
                                    [&](const Field<T>& one) { return one.name == member.key; });
    if (field == known.end()) {
      std::vector<std::string_view> names;
      for (const Field<T>& one : known) names.push_back(one.name);
      return unknown_option(member.key, names);
    }
    if (Result<void> read = field->read(cursor, out); !read) return read;
  }
  return {};
}

Result<void> put_text(base::JsonCursor& cursor, std::string_view what, std::string& out);

// The place of a word among those that are possible.
Result<std::size_t> read_word(base::JsonCursor& cursor, std::string_view what,
                              std::span<const std::string_view> words);

// Goes into the array of arguments, whose first element it stands at then.
Result<void> enter_arguments(std::string_view arguments, std::uint32_t max_depth,
                             base::JsonCursor& cursor);

}  // namespace sublet::hostcall

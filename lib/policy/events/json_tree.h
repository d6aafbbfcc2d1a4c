// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_cursor.h"

namespace sublet::policy {

// The values of a JSON text, each before what is in it, so that nothing walks them by recursion,
// however deep they are. Strings and numbers stay in the text until they are asked for.
//
// Ownership: borrows the text, which has passed base::scan_json() and outlives it.
// Thread safety: const-safe.
class JsonTree {
 public:
  using Place = std::uint32_t;

  explicit JsonTree(std::string_view text);

  base::JsonKind kind(Place at) const { return nodes_[at].kind; }
  // Elements or members; of an object whose members have one name twice, both.
  std::uint32_t size(Place at) const { return nodes_[at].size; }
  // The first element is at `at + 1`; the next one at after() of it, until after() of the array.
  Place after(Place at) const { return nodes_[at].end; }

  // How many bytes of text it has, about.
  std::size_t bytes(Place at) const;

  std::string string(Place at) const;
  bool boolean(Place at) const;
  // As JSON.parse has it: what is beyond a double is infinite.
  double number(Place at) const;
  // By name; of members of one name the last one, as JSON.parse has it.
  std::map<std::string, Place> members(Place at) const;

  // A text that equal values share, whatever the order of members and however numbers and strings
  // are written. False where the value is nested deeper than `depth`; then `out` is of no use.
  bool append_canonical(Place at, std::uint32_t depth, std::string& out) const;

 private:
  struct Node {
    base::JsonKind kind;
    std::uint32_t text;  // where it begins
    std::uint32_t key;   // where its name begins, in an object
    Place end;
    std::uint32_t size;
  };

  bool go_on(base::JsonCursor& cursor, base::JsonCursor::Member& member, Place in);
  void append_number(Place at, std::string& out) const;
  bool append_members(Place at, std::uint32_t depth, std::string& out) const;

  std::string_view text_;
  std::vector<Node> nodes_;
};

}  // namespace sublet::policy

// SPDX-License-Identifier: Apache-2.0
#include "hostcall/argument_objects.h"

#include <utility>

#include "base/json_scan.h"

namespace sublet::hostcall {

using base::JsonCursor;
using base::JsonKind;

Result<void> put_text(JsonCursor& cursor, std::string_view what, std::string& out) {
  Result<std::string> text = read_text(cursor, what);
  if (!text) return text.error();
  out = std::move(text).value();
  return {};
}

Result<std::size_t> read_word(JsonCursor& cursor, std::string_view what,
                              std::span<const std::string_view> words) {
  Result<std::string> text = read_text(cursor, what);
  if (!text) return text.error();
  const auto found = std::find(words.begin(), words.end(), *text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string message = std::string(what) + " must be one of";
  for (const std::string_view word : words) message += " \"" + std::string(word) + "\"";
  return wrong(std::move(message));
}

Result<void> enter_arguments(std::string_view arguments, std::uint32_t max_depth,
                             JsonCursor& cursor) {
  const base::JsonScan scan = base::scan_json(arguments, max_depth);
  if (scan.fault == base::JsonFault::kTooDeep) {
    return wrong("the arguments are nested deeper than " + std::to_string(max_depth) + " levels");
  }
  if (!scan.ok() || cursor.kind() != JsonKind::kArray) return wrong("the arguments are no array");
  cursor.enter();
  if (!cursor.next_element()) return wrong("an argument is missing");
  return {};
}

}  // namespace sublet::hostcall

// SPDX-License-Identifier: Apache-2.0
#include "hostcall/argument_fields.h"

#include <charconv>
#include <utility>

#include "base/utf8.h"
#include "policy/suggestion.h"
#include "sublet/adapters/key_value_store.h"

namespace sublet::hostcall {

using base::JsonCursor;
using base::JsonKind;

namespace {

// V8 writes half a surrogate pair, and nothing else above U+001F, as an escape.
bool has_half_pair(std::string_view raw) {
  for (std::size_t at = raw.find('\\'); at != std::string_view::npos; at = raw.find('\\', at)) {
    const std::string_view escape = raw.substr(at, 4);
    if (escape.starts_with("\\ud") || escape.starts_with("\\uD")) {
      if (escape.size() == 4 && escape[3] >= '8') return true;
    }
    at += 2;
  }
  return false;
}

}  // namespace

Error wrong(std::string message) { return Error{ErrorCode::kInvalidArgument, std::move(message)}; }

Result<void> check_key(std::string_view key) {
  if (key.empty()) return wrong("the key is empty");
  if (key.size() > KeyValueStore::kMaxKeyBytes) {
    return wrong("the key has " + std::to_string(key.size()) + " bytes, more than the " +
                 std::to_string(KeyValueStore::kMaxKeyBytes) + " that a store takes");
  }
  if (!base::is_utf8(key)) return wrong("the key is no Unicode");
  return {};
}

Result<std::string> read_text(JsonCursor& cursor, std::string_view what) {
  if (cursor.kind() != JsonKind::kString) return wrong(std::string(what) + " must be a string");
  const std::string_view raw = cursor.raw();
  if (has_half_pair(raw)) {
    return wrong(std::string(what) + " is no Unicode: it has half a surrogate pair");
  }
  return JsonCursor(raw).string();
}

Result<std::string> read_key(JsonCursor& cursor) {
  Result<std::string> key = read_text(cursor, "the key");
  if (!key) return key;
  if (Result<void> checked = check_key(*key); !checked) return checked.error();
  return key;
}

Result<double> read_number(JsonCursor& cursor, std::string_view what) {
  double number = 0;
  const std::string_view raw = cursor.raw();
  const auto [end, fault] = std::from_chars(raw.data(), raw.data() + raw.size(), number);
  if (fault != std::errc() || end != raw.data() + raw.size()) {
    return wrong(std::string(what) + " must be a number");
  }
  return number;
}

Error unknown_option(std::string_view name, std::span<const std::string_view> known) {
  std::string message = "there is no option \"" + std::string(base::cut_utf8(name, 64)) + "\"";
  if (const auto nearest = policy::nearest_word(name, known)) {
    message += "; did you mean \"" + std::string(*nearest) + "\"?";
  }
  return wrong(std::move(message));
}

}  // namespace sublet::hostcall

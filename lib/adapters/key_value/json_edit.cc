// SPDX-License-Identifier: Apache-2.0
#include "adapters/key_value/json_edit.h"

#include <charconv>
#include <utility>

#include "base/utf8.h"

namespace sublet::adapters {
namespace {

using base::JsonCursor;
using base::JsonKind;
using Place = JsonEdit::Place;

constexpr std::size_t kMaxPathBytes = 1024;
constexpr std::size_t kMaxPathParts = 32;

Error wrong_path(std::string what) {
  return Error{ErrorCode::kInvalidArgument, "the path " + std::move(what)};
}

// "~1" is "/", "~0" is "~".
Result<std::string> decode_part(std::string_view part) {
  std::string out;
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i] != '~') {
      out += part[i];
      continue;
    }
    if (++i == part.size() || (part[i] != '0' && part[i] != '1')) {
      return wrong_path("has a ~ that is neither ~0 nor ~1");
    }
    out += part[i] == '0' ? '~' : '/';
  }
  return out;
}

// An index is written in one way only: without a sign, and without zeros before it.
std::optional<std::size_t> index_of(std::string_view part) {
  if (part.empty() || (part.size() > 1 && part[0] == '0')) return std::nullopt;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
  return index;
}

}  // namespace

Result<std::vector<std::string>> parse_json_pointer(std::string_view path) {
  std::vector<std::string> parts;
  if (path.size() > kMaxPathBytes) {
    return wrong_path("has " + std::to_string(path.size()) + " bytes; it may have " +
                      std::to_string(kMaxPathBytes));
  }
  if (!base::is_utf8(path)) return wrong_path("is not UTF-8");
  if (!path.empty() && path[0] != '/') return wrong_path("begins with something else than /");
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view part = path.substr(0, path.find('/'));
    Result<std::string> decoded = decode_part(part);
    if (!decoded) return std::move(decoded).error();
    if (parts.size() == kMaxPathParts) {
      return wrong_path("has more than " + std::to_string(kMaxPathParts) + " parts");
    }
    parts.push_back(*std::move(decoded));
    path.remove_prefix(part.size());
  }
  return parts;
}

std::string quoted_json(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string_view name_of(JsonKind kind) {
  switch (kind) {
    case JsonKind::kNull:
      return "null";
    case JsonKind::kBoolean:
      return "true or false";
    case JsonKind::kNumber:
      return "a number";
    case JsonKind::kString:
      return "a text";
    case JsonKind::kArray:
      return "an array";
    case JsonKind::kObject:
      return "an object";
  }
  return "something else";
}

// In one pass, however deep the path: what is under way here holds up all tenants' writes.
Place JsonEdit::find(const std::vector<std::string>& path) const {
  JsonCursor cursor(text_);
  return descend(cursor, path, 0, 0);
}

Place JsonEdit::descend(JsonCursor& cursor, const std::vector<std::string>& path, std::size_t level,
                        std::size_t parent) const {
  Place place;
  place.begin = cursor.offset();
  place.parts = level;
  place.parent = parent;
  const JsonKind kind = cursor.kind();
  const bool has_parts = kind == JsonKind::kObject || kind == JsonKind::kArray;
  if (level == path.size() || !has_parts) {
    place.end = place.begin + cursor.raw().size();
    if (level == path.size()) return place;
    place.kind = kind == JsonKind::kNull ? Place::Kind::kNoMember : Place::Kind::kBlocked;
    return place;
  }
  const std::string& part = path[level];
  const std::optional<std::size_t> index = index_of(part);
  const bool object = kind == JsonKind::kObject;
  std::optional<Place> found;
  place.empty = true;
  cursor.enter();
  JsonCursor::Member member;
  for (std::size_t i = 0; object ? cursor.next_member(member) : cursor.next_element(); ++i) {
    place.empty = false;
    if (object ? member.key == part : i == index) {  // of several members, the last one counts
      found = descend(cursor, path, level + 1, place.begin);
    } else {
      cursor.raw();
    }
  }
  place.end = cursor.offset();
  const bool at_end = part == "-" && level + 1 == path.size();
  const auto missing = at_end ? Place::Kind::kArrayEnd : Place::Kind::kNoElement;
  place.kind = object ? Place::Kind::kNoMember : missing;
  return found.value_or(place);
}

void JsonEdit::put(const std::vector<std::string>& path, const Place& place,
                   std::string_view value) {
  present_ = true;
  if (place.kind == Place::Kind::kValue) {
    text_.replace(place.begin, place.end - place.begin, value);
    return;
  }
  if (place.kind == Place::Kind::kArrayEnd) {
    text_.insert(place.end - 1, (place.empty ? "" : ",") + std::string(value));
    return;
  }
  // In the innermost object first.
  std::string made(value);
  for (std::size_t i = path.size(); i-- > place.parts + 1;) {
    made = "{" + quoted_json(path[i]) + ":" + made + "}";
  }
  made = quoted_json(path[place.parts]) + ":" + made;
  if (text_[place.begin] != '{') {  // null
    text_.replace(place.begin, place.end - place.begin, "{" + made + "}");
  } else {
    text_.insert(place.end - 1, (place.empty ? "" : ",") + made);
  }
}

void JsonEdit::remove(const std::vector<std::string>& path, const Place& place) {
  if (path.empty()) {
    text_ = "null";
    present_ = false;
    return;
  }
  const std::string_view from = std::string_view(text_).substr(place.parent);
  JsonCursor cursor(from);
  const bool object = cursor.kind() == JsonKind::kObject;
  std::string kept(object ? "{" : "[");
  JsonCursor::Member member;
  cursor.enter();
  while (object ? cursor.next_member(member) : cursor.next_element()) {
    const std::size_t value = cursor.offset();
    const std::size_t begin = object ? member.offset : value;
    const std::size_t size = value - begin + cursor.raw().size();
    // Of an object all that have this name: else an earlier one would come to light.
    if (object ? member.key == path.back() : place.parent + value == place.begin) continue;
    if (kept.size() > 1) kept += ',';
    kept += from.substr(begin, size);
  }
  kept += object ? '}' : ']';
  text_.replace(place.parent, cursor.offset(), kept);
}

std::string with_elements(std::string_view array, const std::vector<std::string_view>& added) {
  std::string text(array.substr(0, array.size() - 1));
  JsonCursor cursor(array);
  cursor.enter();
  bool empty = !cursor.next_element();
  for (const std::string_view element : added) {
    if (!empty) text += ',';
    empty = false;
    text += element;
  }
  return text + ']';
}

}  // namespace sublet::adapters

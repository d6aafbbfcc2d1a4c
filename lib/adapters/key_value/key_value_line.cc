// SPDX-License-Identifier: Apache-2.0
#include "adapters/key_value/key_value_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "adapters/key_value/json_edit.h"
#include "base/base64.h"
#include "base/json_cursor.h"
#include "base/json_scan.h"
#include "base/utc_time.h"
#include "base/utf8.h"

namespace sublet::adapters {
namespace {

using base::JsonCursor;
using base::JsonKind;

// One for what the line itself adds.
constexpr std::uint32_t kMaxValueDepth = base::kMaxJsonDepth - 1;

// A member with a text, or with its base64 where it is no UTF-8.
std::string text_member(std::string_view name, std::string_view text) {
  if (base::is_utf8(text)) return fmt::format("\"{}\":{}", name, quoted_json(text));
  return fmt::format("\"{}_base64\":\"{}\"", name, base::encode_base64(text));
}

std::string value_member(const KeyValueValue& value) {
  if (value.type == KeyValueType::kBytes) {
    return fmt::format("\"bytes\":\"{}\"", base::encode_base64(value.data));
  }
  if (!base::scan_json(value.data, kMaxValueDepth).ok()) {
    return fmt::format("\"json_base64\":\"{}\"", base::encode_base64(value.data));
  }
  // Ends of lines stand between values only.
  std::string text = value.data;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return "\"json\":" + text;
}

// Reads one line, member by member.
class LineParser {
 public:
  Result<ParsedLine> parse(std::string_view line) {
    const base::JsonScan scan = base::scan_json(line, base::kMaxJsonDepth);
    if (!scan.ok()) return wrong(fmt::format("it is no JSON (byte {})", scan.offset));
    JsonCursor cursor(line);
    if (cursor.kind() != JsonKind::kObject) return wrong("it is no object");
    cursor.enter();
    JsonCursor::Member member;
    while (cursor.next_member(member)) {
      if (Result<void> read = field(member.key, cursor); !read) return std::move(read).error();
    }
    if (!space_) return wrong("space is missing");
    if (!key_) return wrong("key is missing");
    if (!value_) return wrong("json or bytes is missing");
    return ParsedLine{{*std::move(space_), *std::move(key_)}, *std::move(value_), expires_at_};
  }

 private:
  static Error wrong(std::string what) {
    return Error{ErrorCode::kInvalidArgument, std::move(what)};
  }

  Result<void> field(const std::string& name, JsonCursor& cursor) {
    if (name == "space" || name == "space_base64") return text(name, cursor, space_);
    if (name == "key" || name == "key_base64") return text(name, cursor, key_);
    if (name == "json") return value(name, KeyValueType::kJson, std::string(cursor.raw()));
    if (name == "bytes" || name == "json_base64") {
      std::optional<std::string> data;
      if (Result<void> read = text(name, cursor, data); !read) return read;
      return value(name, name == "bytes" ? KeyValueType::kBytes : KeyValueType::kJson,
                   *std::move(data));
    }
    if (name == "expires_at") return expiry(cursor);
    if (name != "version" && name != "updated_at") return wrong("there is no field " + name);
    cursor.raw();
    return {};
  }

  static Result<void> text(const std::string& name, JsonCursor& cursor,
                           std::optional<std::string>& out) {
    if (out.has_value()) return wrong(name + " is there twice");
    if (cursor.kind() != JsonKind::kString) return wrong(name + " is no text");
    out = cursor.string();
    if (name == "bytes" || name.ends_with("_base64")) out = base::decode_base64(*out);
    if (!out.has_value()) return wrong(name + " is no base64");
    return {};
  }

  Result<void> value(const std::string& name, KeyValueType type, std::string data) {
    if (value_.has_value()) return wrong(name + " is a second value");
    value_ = KeyValueValue{type, std::move(data)};
    return {};
  }

  Result<void> expiry(JsonCursor& cursor) {
    std::optional<std::string> time;
    if (Result<void> read = text("expires_at", cursor, time); !read) return read;
    expires_at_ = base::parse_utc_time(*time);
    if (!expires_at_) return wrong("expires_at is no time like 2026-11-22T08:00:00.000Z");
    return {};
  }

  std::optional<std::string> space_;
  std::optional<std::string> key_;
  std::optional<KeyValueValue> value_;
  std::optional<KeyValueTime> expires_at_;
};

}  // namespace

bool is_internal_space(std::string_view space) noexcept { return space.starts_with("sublet/"); }

std::string line_of(const std::string& space, const KeyValueEntry& entry) {
  std::string line =
      fmt::format("{{{},{},{},\"version\":{},\"updated_at\":\"{}\"", text_member("space", space),
                  text_member("key", entry.key), value_member(entry.value), entry.version,
                  base::utc_time(entry.updated_at));
  if (entry.expires_at)
    line += fmt::format(",\"expires_at\":\"{}\"", base::utc_time(*entry.expires_at));
  return line + "}";
}

Result<ParsedLine> parse_line(std::string_view line) { return LineParser().parse(line); }

}  // namespace sublet::adapters

// SPDX-License-Identifier: Apache-2.0
#include "hostcall/key_value/answers.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/base64.h"
#include "base/utf8.h"

namespace sublet::hostcall {
namespace {

constexpr std::size_t kShownKey = 128;

// A JSON string. A key that the host wrote need not be Unicode; what is none shows as U+FFFD.
std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_time(std::string& out, std::string_view name, KeyValueTime time) {
  out.append(",\"").append(name).append("\":");
  out += std::to_string(time.time_since_epoch().count());
}

void append_entry(std::string& out, const KeyValueEntry& entry, bool key_only) {
  out.append("{\"key\":").append(json_text(entry.key));
  if (!key_only && entry.value.type == KeyValueType::kJson) {
    out.append(",\"value\":").append(entry.value.data);
  } else if (!key_only) {
    out.append(",\"bytes\":\"").append(base::encode_base64(entry.value.data)).append("\"");
  }
  if (entry.version != 0) {
    out.append(",\"version\":").append(std::to_string(entry.version));
    append_time(out, "updatedAt", entry.updated_at);
  }
  if (entry.expires_at.has_value()) append_time(out, "expiresAt", *entry.expires_at);
  out += '}';
}

CheckedAnswer json_answer(std::string text) { return {true, std::move(text)}; }

struct Code {
  std::string_view code;
  std::string_view text;  // empty: the error's own
};

Code code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return {"kv_argument", {}};
    case ErrorCode::kUnavailable:
      return {"kv_unavailable", "the store is not available; nothing was done"};
    case ErrorCode::kIndeterminate:
      return {"kv_indeterminate", "the store did not say whether it was done"};
    case ErrorCode::kResourceExhausted:
      return {"kv_full", "the store is full; nothing was done"};
    default:
      return {"kv_internal", "the store failed"};
  }
}

}  // namespace

std::string quoted(std::string_view text) { return json_text(base::cut_utf8(text, kShownKey)); }

std::string called(const KeyValueCall& call, std::string_view key) {
  std::string text(call.name);
  return key.empty() ? text : text + " " + quoted(key);
}

std::string_view first_key(const KeyValueCall& call) {
  if (call.keys.size() + call.steps.size() != 1) return {};
  return call.steps.empty() ? call.keys.front() : call.steps.front().key;
}

CheckedAnswer refusal(const KeyValueCall& call, std::string_view key, std::string_view code,
                      const std::string& what) {
  return {false, called(call, key) + ": " + what, 0, false, std::string(code)};
}

CheckedAnswer refusal(const KeyValueCall& call, std::string_view key, const Error& error) {
  const Code code = code_of(error.code);
  return refusal(call, key, code.code, code.text.empty() ? error.message : std::string(code.text));
}

CheckedAnswer answer_value(std::optional<KeyValueEntry> entry) {
  CheckedAnswer answer{true};
  if (!entry.has_value()) return answer;
  answer.bytes = entry->value.type == KeyValueType::kBytes;
  answer.text = std::move(entry->value.data);
  return answer;
}

CheckedAnswer answer_entries(const std::vector<std::optional<KeyValueEntry>>& entries,
                             const std::vector<std::size_t>& places, std::uint64_t largest) {
  std::string out = "[";
  for (const std::size_t place : places) {
    if (out.size() > largest) break;
    if (out.size() > 1) out += ',';
    const auto& entry = entries[place];
    if (entry.has_value()) {
      append_entry(out, *entry, false);
    } else {
      out += "null";
    }
  }
  out += ']';
  return json_answer(std::move(out));
}

CheckedAnswer answer_page(const std::vector<KeyValueEntry>& entries, bool keys_only,
                          const std::optional<std::string>& cursor) {
  std::string out = "{\"entries\":[";
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) out += ',';
    append_entry(out, entries[i], keys_only);
  }
  out += ']';
  if (cursor.has_value()) {
    out.append(",\"cursor\":\"").append(base::encode_base64(*cursor)).append("\"");
  }
  out += '}';
  return json_answer(std::move(out));
}

CheckedAnswer answer_write(const WriteAnswer& answer) {
  std::string out = answer.ok ? "{\"ok\":true" : "{\"ok\":false";
  if (answer.version != 0) out.append(",\"version\":").append(std::to_string(answer.version));
  if (answer.existed.has_value())
    out += *answer.existed ? ",\"existed\":true" : ",\"existed\":false";
  if (answer.value.has_value()) out.append(",\"value\":").append(*answer.value);
  if (answer.conflict.has_value()) out.append(",\"key\":").append(json_text(*answer.conflict));
  out += '}';
  return json_answer(std::move(out));
}

CheckedAnswer answer_usage(const UsageAnswer& answer) {
  return json_answer("{\"keys\":" + std::to_string(answer.usage.keys) +
                     ",\"bytes\":" + std::to_string(answer.usage.bytes.count) +
                     ",\"maxKeys\":" + std::to_string(answer.max_keys) +
                     ",\"maxBytes\":" + std::to_string(answer.max_bytes.count) +
                     ",\"operationsLeft\":" + std::to_string(answer.operations_left) +
                     ",\"rateLeft\":" + std::to_string(answer.rate_left) + "}");
}

}  // namespace sublet::hostcall

// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_scan.h"
#include "fuzz/fuzz_check.h"
#include "policy/events/json_schema.h"

namespace {

using sublet::Result;
using sublet::policy::JsonSchema;

void check_message(const std::string& message, std::string_view beginning) {
  FUZZ_CHECK(message.starts_with(beginning) && message.size() < 100'000);
  for (const char c : message) FUZZ_CHECK(c >= ' ' && c <= '~');
}

bool was_stopped(const Result<void>& answer) {
  if (answer) return false;
  const std::string_view message = answer.error().message;
  return message.starts_with("data takes too long") || message.starts_with("data is nested deeper");
}

// The schema within another one says the same, or the contrary.
void check_within(std::string_view schema, std::string_view json, bool fits) {
  const std::string text(schema);
  const auto all = JsonSchema::compile("{\"allOf\":[" + text + "]}");
  const auto any = JsonSchema::compile("{\"anyOf\":[false," + text + "]}");
  const auto none = JsonSchema::compile("{\"not\":" + text + "}");
  if (!all || !any || !none) return;  // $ref to what is the whole no more
  for (const auto* one : {&all, &any}) {
    const Result<void> same = (*one)->check("data", json);
    FUZZ_CHECK(was_stopped(same) || same.has_value() == fits);
  }
  const Result<void> contrary = none->check("data", json);
  FUZZ_CHECK(was_stopped(contrary) || contrary.has_value() != fits);
}

}  // namespace

// A schema, a line feed that is no part of it, and a value: the schema is refused with one line, or
// any value fits it or is refused with one line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t middle = text.find('\n');
  const std::string_view schema = text.substr(0, middle);
  const Result<JsonSchema> compiled = JsonSchema::compile(schema);
  if (!compiled) {
    check_message(compiled.error().message, "#");
    return 0;
  }
  if (middle == std::string_view::npos) return 0;
  const std::string_view json = text.substr(middle + 1);
  if (!sublet::base::scan_json(json, 10'000).ok()) return 0;
  const Result<void> answer = compiled->check("data", json);
  if (!answer) check_message(answer.error().message, "data");
  const bool has_reference = schema.find("$ref") != std::string_view::npos;
  if (!was_stopped(answer) && !has_reference) check_within(schema, json, answer.has_value());
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "policy/events/json_schema.h"

namespace sublet::policy {
namespace {

// Why it does not compile; empty: it does.
std::string fault(std::string_view schema) {
  const Result<JsonSchema> compiled = JsonSchema::compile(schema);
  if (compiled) return {};
  CHECK(compiled.error().code == ErrorCode::kInvalidArgument);
  return compiled.error().message;
}

}  // namespace

TEST_CASE("json schema: what it does not know is an error at its place") {
  CHECK(fault(R"({"minimun":1})") == "#/minimun: is not supported");
  CHECK(fault(R"({"properties":{"a/b":{"items":{"patternProperties":{}}}}})") ==
        "#/properties/a~1b/items/patternProperties: is not supported");
  CHECK(fault(R"({"a\nb":1})") == "#/a\\x0ab: is not supported");
  CHECK(fault(R"({"format":"ipv4"})") == "#/format: is none of date-time, email, uuid and uri");
  CHECK(fault(R"({"$schema":"https://json-schema.org/draft/2020-12/schema","title":"t",
                  "description":"d","default":[],"examples":[1],"$comment":"c"})") == "");
}

TEST_CASE("json schema: what a keyword may be") {
  CHECK(fault("[") == "#: is not JSON at byte 1");
  CHECK(fault("[]") == "#: must be an object or a boolean");
  CHECK(fault(R"({"type":"text"})") == "#/type: names no type of JSON");
  CHECK(fault(R"({"type":[]})") == "#/type: must be the name of a type or an array of such names");
  CHECK(fault(R"({"type":["null",1]})") == "#/type: names no type of JSON");
  CHECK(fault(R"({"properties":[]})") == "#/properties: must be an object");
  CHECK(fault(R"({"properties":{"a":1}})") == "#/properties/a: must be an object or a boolean");
  CHECK(fault(R"({"required":"a"})") == "#/required: must be an array of names");
  CHECK(fault(R"({"required":[1]})") == "#/required: must be an array of names");
  CHECK(fault(R"({"items":[{}]})") == "#/items: must be an object or a boolean");
  CHECK(fault(R"({"prefixItems":[]})") == "#/prefixItems: must be an array of at least one schema");
  CHECK(fault(R"({"anyOf":[{},3]})") == "#/anyOf/1: must be an object or a boolean");
  CHECK(fault(R"({"enum":1})") == "#/enum: must be an array");
  CHECK(fault(R"({"minimum":"1"})") == "#/minimum: must be a number");
  CHECK(fault(R"({"minimum":1e999})") == "#/minimum: is too large");
  CHECK(fault(R"({"multipleOf":0})") == "#/multipleOf: must be more than 0");
  CHECK(fault(R"({"minLength":-1})") == "#/minLength: must be a whole number, 0 or more");
  CHECK(fault(R"({"maxItems":1.5})") == "#/maxItems: must be a whole number, 0 or more");
  CHECK(fault(R"({"maxItems":2.0})") == "");
  CHECK(fault(R"({"uniqueItems":1})") == "#/uniqueItems: must be a boolean");
  CHECK(fault(R"({"pattern":"a(?=b)c"})").starts_with("#/pattern: is no pattern of RE2: "));
  CHECK(fault(R"({"additionalProperties":true,"not":false})") == "");
}

TEST_CASE("json schema: references lead to what is there, and not in a circle") {
  CHECK(fault(R"({"$ref":"#/$defs/a"})") ==
        "#/$ref: leads nowhere: it must be \"#\" or \"#/$defs/...\" of this schema");
  CHECK(fault(R"({"$ref":"https://example.com/a"})").starts_with("#/$ref: leads nowhere"));
  CHECK(fault(R"({"items":{"$defs":{}}})") ==
        "#/items/$defs: is only supported in the outermost schema");
  CHECK(fault(R"({"$ref":"#"})") == "#: leads back to itself: $ref in a circle");
  CHECK(fault(R"({"allOf":[{"not":{"$ref":"#"}}]})").find("in a circle") != std::string::npos);
  CHECK(fault(R"({"items":{"$ref":"#/$defs/a"},"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},
                  "b":{"oneOf":[{},{"$ref":"#/$defs/a"}]}}})")
            .find("in a circle") != std::string::npos);
  CHECK(
      fault(R"({"items":{"$ref":"#"},"$defs":{"a":{"properties":{"b":{"$ref":"#/$defs/a"}}}}})") ==
      "");
}

TEST_CASE("json schema: its size is bounded") {
  std::string many = "{\"allOf\":[{}";
  for (std::size_t i = 0; i < kMaxSchemaParts; ++i) many += ",{}";
  many += "]}";
  CHECK(fault(many).ends_with("is one schema too many"));
  std::string deep;
  for (std::uint32_t i = 0; i <= kMaxSchemaDepth; ++i) deep += "{\"items\":";
  CHECK(fault(deep + "{}" + std::string(kMaxSchemaDepth + 1, '}')).ends_with("is nested too deep"));
  CHECK(fault(std::string(1000, '[') + std::string(1000, ']')) == "#: is nested too deep");
  CHECK(fault(std::string(kMaxSchemaBytes + 1, ' ')).starts_with("#: has 1048577 bytes"));
  std::string chain = "{\"$ref\":\"#/$defs/d0\",\"$defs\":{";
  for (int i = 0; i < 9'000; ++i) {
    chain +=
        "\"d" + std::to_string(i) + "\":{\"$ref\":\"#/$defs/d" + std::to_string(i + 1) + "\"},";
  }
  CHECK(fault(chain + "\"d9000\":true}}") == "");
  CHECK(fault(chain + "\"d9000\":{\"$ref\":\"#/$defs/d1\"}}}").find("circle") != std::string::npos);
}

}  // namespace sublet::policy

// SPDX-License-Identifier: Apache-2.0
#include "policy/events/json_schema.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace sublet::policy {
namespace {

// What a check says of a value, without "data " before it; empty: it fits.
std::string said(std::string_view schema, std::string_view json) {
  const Result<JsonSchema> compiled = JsonSchema::compile(schema);
  if (!compiled) return "does not compile: " + compiled.error().message;
  const Result<void> fits = compiled->check("data", json);
  if (fits) return {};
  CHECK(fits.error().code == ErrorCode::kInvalidArgument);
  CHECK(fits.error().message.starts_with("data"));
  return fits.error().message.substr(fits.error().message[4] == ' ' ? 5 : 4);
}

std::string repeated(std::string_view text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("json schema: types") {
  CHECK(said(R"({"type":"string"})", R"("a")") == "");
  CHECK(said(R"({"type":"string"})", "1") == "must be a string");
  CHECK(said(R"({"type":["string","null"]})", "null") == "");
  CHECK(said(R"({"type":["string","null"]})", "{}") == "must be null or a string");
  CHECK(said(R"({"type":"integer"})", "1.0") == "");
  CHECK(said(R"({"type":"integer"})", "1e2") == "");
  CHECK(said(R"({"type":"integer"})", "1.5") == "must be an integer");
  CHECK(said(R"({"type":"integer"})", "1e999") == "must be an integer");
  CHECK(said(R"({"type":"number"})", "1") == "");
  CHECK(said(R"({"type":"boolean"})", "false") == "");
  CHECK(said(R"({"type":"array"})", "[]") == "");
  CHECK(said(R"({"type":"object"})", "[]") == "must be an object");
  CHECK(said("true", "[]") == "");
  CHECK(said("false", "[]") == "must not be there");
  CHECK(said("{}", "[]") == "");
}

TEST_CASE("json schema: members, and the place of what is wrong") {
  constexpr std::string_view kSchema = R"({
    "type": "object",
    "properties": {"items": {"type": "array", "items": {
      "type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"],
      "additionalProperties": false}}},
    "required": ["items"], "additionalProperties": {"type": "number"}})";
  CHECK(said(kSchema, R"({"items":[{"id":"a"},{"id":"b"}],"n":1})") == "");
  CHECK(said(kSchema, "{}") == "must have the member \"items\"");
  CHECK(said(kSchema, R"({"items":[{"id":"a"},{},{}]})") ==
        ".items[1] must have the member \"id\"");
  CHECK(said(kSchema, R"({"items":[{"id":"a"},{"id":"a"},{"id":7}]})") ==
        ".items[2].id must be a string");
  CHECK(said(kSchema, R"({"items":[{"id":"a","x y":1}]})") ==
        ".items[0][\"x y\"] must not be there");
  CHECK(said(kSchema, R"({"items":[],"a\nb":"c"})") == "[\"a\\x0ab\"] must be a number");
  CHECK(said(R"({"minProperties":1,"maxProperties":2})", R"({"a":1})") == "");
  CHECK(said(R"({"minProperties":1})", "{}") == "must have at least 1 members");
  CHECK(said(R"({"maxProperties":1})", R"({"a":1,"b":2})") == "must have at most 1 members");
}

TEST_CASE("json schema: of two members of one name the last one counts, as for the handler") {
  constexpr std::string_view kSchema = R"({"properties":{"a":{"type":"string"}}})";
  CHECK(said(kSchema, R"({"a":"x","a":1})") == ".a must be a string");
  CHECK(said(kSchema, R"({"a":1,"\u0061":"x"})") == "");
  CHECK(said(R"({"const":{"a":1}})", R"({"a":2,"a":1})") == "");
}

TEST_CASE("json schema: elements") {
  CHECK(said(R"({"items":{"type":"number"}})", "[1,2]") == "");
  CHECK(said(R"({"items":{"type":"number"}})", R"([1,"a"])") == "[1] must be a number");
  constexpr std::string_view kPair = R"({"prefixItems":[{"type":"string"},{}],"items":false})";
  CHECK(said(kPair, R"(["a"])") == "");
  CHECK(said(kPair, R"(["a",[[]]])") == "");
  CHECK(said(kPair, R"([1])") == "[0] must be a string");
  CHECK(said(kPair, R"(["a",[[]],3])") == "[2] must not be there");
  CHECK(said(R"({"minItems":1})", "[]") == "must have at least 1 elements");
  CHECK(said(R"({"maxItems":1})", "[[],[]]") == "must have at most 1 elements");
  constexpr std::string_view kUnique = R"({"uniqueItems":true})";
  CHECK(said(kUnique, R"([1,"1",[1],{"a":1},{"a":[1]},true,null])") == "");
  CHECK(said(kUnique, "[1,1.0]") == "must have no element twice");
  CHECK(said(kUnique, R"([{"a":1,"b":[2]},{"b":[2e0],"\u0061":1}])") ==
        "must have no element twice");
  CHECK(said(kUnique, R"(["a,b",["a","b"],["a,b"]])") == "");
}

TEST_CASE("json schema: values") {
  CHECK(said(R"({"enum":["a",1,null,{"x":[1]}]})", R"({"x":[1.0]})") == "");
  CHECK(said(R"({"enum":["a",1]})", R"("b")").find("enum") != std::string::npos);
  CHECK(said(R"({"enum":[0]})", "-0.0") == "");
  CHECK(said(R"({"const":"a"})", R"("\u0061")") == "");
  CHECK(said(R"({"const":"a"})", "1").find("const") != std::string::npos);
  CHECK(said(R"({"enum":[]})", "1").find("enum") != std::string::npos);
}

TEST_CASE("json schema: numbers") {
  CHECK(said(R"({"minimum":1,"maximum":2})", "1") == "");
  CHECK(said(R"({"minimum":1.5})", "1") == "must be at least 1.5");
  CHECK(said(R"({"maximum":2})", "1e999") == "must be at most 2");
  CHECK(said(R"({"minimum":0.5})", "1e-999") == "must be at least 0.5");
  CHECK(said(R"({"exclusiveMinimum":1})", "1") == "must be more than 1");
  CHECK(said(R"({"exclusiveMaximum":1})", "1") == "must be less than 1");
  CHECK(said(R"({"multipleOf":3})", "9") == "");
  CHECK(said(R"({"multipleOf":3})", "10") == "must be a multiple of 3");
  CHECK(said(R"({"multipleOf":0.01})", "0.07") == "");
  CHECK(said(R"({"multipleOf":0.01})", "19.99") == "");
  CHECK(said(R"({"multipleOf":0.01})", "0.075") == "must be a multiple of 0.01");
  CHECK(said(R"({"minimum":5})", R"("a")") == "");  // says nothing of strings
}

TEST_CASE("json schema: strings") {
  CHECK(said(R"({"minLength":2,"maxLength":3})", R"("äöü")") == "");
  CHECK(said(R"({"maxLength":2})", R"("äöü")") == "must have at most 2 characters");
  CHECK(said(R"({"minLength":2})", R"("\ud83d\ude00")") == "must have at least 2 characters");
  CHECK(said(R"({"pattern":"^[a-z]+$"})", R"("abc")") == "");
  CHECK(said(R"({"pattern":"^[a-z]+$"})", R"("abc\n")") == "must match the pattern \"^[a-z]+$\"");
  CHECK(said(R"({"pattern":"b"})", R"("abc")") == "");
  CHECK(said(R"({"format":"email","title":"t","default":1,"$comment":"c"})", R"("no")") == "");
  CHECK(said(R"({"pattern":"(a*)*b"})", "\"" + repeated("a", 100'000) + "\"") ==
        "must match the pattern \"(a*)*b\"");
}

TEST_CASE("json schema: several at once") {
  CHECK(said(R"({"anyOf":[{"type":"string"},{"minimum":3}]})", "3") == "");
  CHECK(said(R"({"anyOf":[{"type":"string"},{"minimum":3}]})", "2") ==
        "must fit one of the schemas of anyOf");
  CHECK(said(R"({"items":{"anyOf":[{"type":"object"},{"items":{"type":"null"}}]}})", "[[1]]") ==
        "[0] must fit one of the schemas of anyOf");
  CHECK(said(R"({"oneOf":[{"minimum":3},{"maximum":5}]})", "2") == "");
  CHECK(said(R"({"oneOf":[{"minimum":3},{"maximum":5}]})", "4") ==
        "must fit one of the schemas of oneOf; it fits several");
  CHECK(said(R"({"oneOf":[{"type":"string"},{"type":"null"}]})", "4") ==
        "must fit one of the schemas of oneOf; it fits none");
  CHECK(said(R"({"allOf":[{"minimum":3},{"maximum":5}]})", "6") == "must be at most 5");
  CHECK(said(R"({"not":{"properties":{"a":{"type":"null"}}}})", R"({"a":1})") == "");
  CHECK(said(R"({"not":{"type":"null"}})", "null") == "must not fit the schema of not");
}

TEST_CASE("json schema: references") {
  constexpr std::string_view kTree = R"({"$ref":"#/$defs/a~1b~0","$defs":{"a/b~":{
    "type":"object","properties":{"next":{"$ref":"#/$defs/a~1b~0"},"n":{"type":"number"}}}}})";
  CHECK(said(kTree, R"({"next":{"next":{"n":1}}})") == "");
  CHECK(said(kTree, R"({"next":{"next":{"n":"1"}}})") == ".next.next.n must be a number");
  CHECK(said(R"({"items":{"$ref":"#"},"type":"array"})", "[[],[[]]]") == "");
  CHECK(said(R"({"items":{"$ref":"#"},"type":"array"})", "[[],[1]]") == "[1][0] must be an array");
}

TEST_CASE("json schema: a check takes bounded time and stack") {
  // Each level asks both branches, which ask the level below.
  std::string blow_up = R"({"$ref":"#/$defs/d0","$defs":{)";
  for (int i = 0; i < 60; ++i) {
    const std::string next = "\"#/$defs/d" + std::to_string(i + 1) + "\"";
    blow_up += "\"d" + std::to_string(i) + R"(":{"anyOf":[{"$ref":)" + next + R"(},{"$ref":)" +
               next + "}]},";
  }
  blow_up += R"("d60":{"type":"null"}}})";
  CHECK(said(blow_up, "1") == "takes too long to hold against its schema");
  CHECK(said(blow_up, "null") == "");
  CHECK(said(R"({"not":)" + blow_up.insert(1, R"("type":"number",)") + "}", "1") !=
        "");  // $defs inside

  const std::string deep = repeated("[", 5'000) + repeated("]", 5'000);
  CHECK(said(R"({"items":{"$ref":"#"}})", deep) ==
        "is nested deeper than its schema can be held against");
  CHECK(said(R"({"not":{"items":{"$ref":"#"}}})", deep) ==
        "is nested deeper than its schema can be held against");
  CHECK(said(R"({"uniqueItems":true})", "[" + deep + ",1]") ==
        "is nested deeper than its schema can be held against");
  CHECK(said(R"({"type":"array"})", deep) == "");
  const std::string fits = repeated("[", 199) + repeated("]", 199);
  CHECK(said(R"({"items":{"$ref":"#"}})", fits) == "");
}

TEST_CASE("json schema: a long value is within the bound of a schema that looks at all of it") {
  std::string numbers = "[0";
  for (int i = 1; i < 200'000; ++i) numbers += ",1";
  numbers += "]";
  CHECK(said(R"({"items":{"type":"integer","minimum":0,"allOf":[{"maximum":2}]}})", numbers) == "");
}

}  // namespace sublet::policy

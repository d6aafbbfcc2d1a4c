// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/key_value_update.h"

#include <doctest/doctest.h>

namespace sublet {
namespace {

using Kind = KeyValueUpdate::Kind;
using Updates = std::vector<KeyValueUpdate>;

KeyValueUpdate update(Kind kind, std::string path, std::string operand = {}) {
  return {kind, std::move(path), std::move(operand)};
}

// The new text, "(none)", or the error's message.
std::string applied(std::optional<std::string_view> current, const Updates& updates,
                    Bytes size = Bytes::mebibytes(16), std::uint32_t depth = 64) {
  const auto result = apply_updates(current, updates, size, depth);
  if (!result) {
    CHECK(result.error().code == ErrorCode::kInvalidArgument);
    return result.error().message;
  }
  return result->value_or("(none)");
}

std::string one(std::optional<std::string_view> current, Kind kind, std::string path,
                std::string operand = {}) {
  return applied(current, {update(kind, std::move(path), std::move(operand))});
}

bool says(const std::string& message, std::string_view what) {
  return message.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("update: increments") {
  CHECK(one("1", Kind::kIncrement, "", "1") == "2");
  CHECK(one({}, Kind::kIncrement, "", "5") == "5");
  CHECK(one("null", Kind::kIncrement, "", "-5") == "-5");
  CHECK(one("0.1", Kind::kIncrement, "", "0.2") == "0.30000000000000004");
  CHECK(one("1.5", Kind::kIncrement, "", "0.5") == "2");
  CHECK(one("9007199254740991", Kind::kIncrement, "", "1") == "9007199254740992");
  CHECK(one("9007199254740992", Kind::kIncrement, "", "1") == "9007199254740992");
  CHECK(one("1", Kind::kIncrement, "", "-1") == "0");
  CHECK(one("-0", Kind::kIncrement, "", "-0") == "0");
  CHECK(one(R"({"a":{"b":7}})", Kind::kIncrement, "/a/b", "3") == R"({"a":{"b":10}})");
  CHECK(one(R"({"a":1})", Kind::kIncrement, "/b/c", "3") == R"({"a":1,"b":{"c":3}})");
  CHECK(one("[1,2,3]", Kind::kIncrement, "/1", "10") == "[1,12,3]");
  CHECK(one("1", Kind::kIncrement, "", " 2 ") == "3");
  CHECK(says(one("\"1\"", Kind::kIncrement, "", "1"), "there is a text, not a number"));
  CHECK(says(one("1", Kind::kIncrement, "", "\"1\""), "operand is not a number"));
  CHECK(says(one("1e308", Kind::kIncrement, "", "1e308"), "beyond the range"));
  CHECK(says(one("1", Kind::kIncrement, "", "1e999"), "beyond the range"));
  CHECK(says(one("1", Kind::kIncrement, "", "NaN"), "operand is no JSON"));
}

TEST_CASE("update: appends") {
  CHECK(one({}, Kind::kAppend, "", "1") == "[1]");
  CHECK(one("[]", Kind::kAppend, "", "1") == "[1]");
  CHECK(one("[ ]", Kind::kAppend, "", "{}") == "[ {}]");
  CHECK(one("[1]", Kind::kAppend, "", "[2]") == "[1,[2]]");
  CHECK(one("\"ab\"", Kind::kAppend, "", "\"cd\"") == "\"abcd\"");
  CHECK(one("\"\"", Kind::kAppend, "", "\"\"") == "\"\"");
  CHECK(one(R"("\"")", Kind::kAppend, "", R"("\\")") == R"("\"\\")");
  CHECK(one(R"({"a":[1]})", Kind::kAppend, "/a", "\"x\"") == R"({"a":[1,"x"]})");
  CHECK(one(R"({})", Kind::kAppend, "/a/b", "\"x\"") == R"({"a":{"b":["x"]}})");
  CHECK(says(one("\"ab\"", Kind::kAppend, "", "1"), "operand is not a text"));
  CHECK(says(one("1", Kind::kAppend, "", "1"), "there is a number, not an array or a text"));
  CHECK(says(one("{}", Kind::kAppend, "", "1"), "there is an object"));
}

TEST_CASE("update: sets") {
  CHECK(one({}, Kind::kSet, "", "{\"a\":1}") == "{\"a\":1}");
  CHECK(one("1", Kind::kSet, "", " [1, 2] ") == "[1, 2]");
  CHECK(one({}, Kind::kSet, "/a/b", "1") == R"({"a":{"b":1}})");
  CHECK(one(R"({"a":null})", Kind::kSet, "/a/b", "1") == R"({"a":{"b":1}})");
  CHECK(one(R"({"z":1,"a":2})", Kind::kSet, "/m", "3") == R"({"z":1,"a":2,"m":3})");
  CHECK(one(R"({"z":1,"a":2})", Kind::kSet, "/z", "3") == R"({"z":3,"a":2})");
  CHECK(one("{ }", Kind::kSet, "/a", "1") == R"({ "a":1})");
  CHECK(one("[1,2]", Kind::kSet, "/-", "3") == "[1,2,3]");
  CHECK(one("[]", Kind::kSet, "/-", "3") == "[3]");
  CHECK(one("[1,2]", Kind::kSet, "/0", "3") == "[3,2]");
  CHECK(one(R"({"-":1})", Kind::kSet, "/-", "2") == R"({"-":2})");
  CHECK(one("{}", Kind::kSet, "/a~1b/c~0d", "1") == R"({"a/b":{"c~d":1}})");
  CHECK(one("{}", Kind::kSet, "/", "1") == R"({"":1})");
  CHECK(one("{}", Kind::kSet, "/\"\\\n\x01", "1") == R"({"\"\\\u000a\u0001":1})");
  CHECK(one(R"({"a\u0062":1})", Kind::kSet, "/ab", "2") == R"({"a\u0062":2})");
  CHECK(one({}, Kind::kSet, "/7", "1") == R"({"7":1})");
  CHECK(says(one("[1]", Kind::kSet, "/1", "1"), "no element 1"));
  CHECK(says(one("[1]", Kind::kSet, "/00", "1"), "no element 00"));
  CHECK(says(one("[1]", Kind::kSet, "/x", "1"), "no element x"));
  CHECK(says(one("[1]", Kind::kSet, "/-1", "1"), "no element -1"));
  CHECK(says(one("[[1]]", Kind::kSet, "/-/0", "1"), "no element -"));
  CHECK(says(one("[1]", Kind::kSet, "/99999999999999999999999", "1"), "no element"));
  CHECK(says(one(R"({"a":1})", Kind::kSet, "/a/b", "1"), "a number on the way"));
  CHECK(says(one({}, Kind::kSet, "/list/-", "1"), "no array"));
  CHECK(says(one("[1]", Kind::kIncrement, "/-", "1"), "- is for set"));
}

TEST_CASE("update: removes") {
  CHECK(one("1", Kind::kRemove, "") == "(none)");
  CHECK(one({}, Kind::kRemove, "") == "(none)");
  CHECK(one({}, Kind::kRemove, "/a") == "(none)");
  CHECK(one(R"({"a":1})", Kind::kRemove, "/a") == "{}");
  CHECK(one(R"({"a":1,"b":2,"c":3})", Kind::kRemove, "/b") == R"({"a":1,"c":3})");
  CHECK(one(R"({"x":{"a":1,"b":2}})", Kind::kRemove, "/x/a") == R"({"x":{"b":2}})");
  CHECK(one("[1,2,3]", Kind::kRemove, "/0") == "[2,3]");
  CHECK(one("[1,2,3]", Kind::kRemove, "/2") == "[1,2]");
  CHECK(one("[[1],[2,3]]", Kind::kRemove, "/1/0") == "[[1],[3]]");
  for (const char* path : {"/b", "/a/b", "/a/0", "/-", "/b/c/d"}) {
    CHECK(one(R"({"a":"text"})", Kind::kRemove, path) == R"({"a":"text"})");
  }
  CHECK(one("[1]", Kind::kRemove, "/1") == "[1]");
  CHECK(one("[1]", Kind::kRemove, "/-") == "[1]");
  CHECK(says(one("[1]", Kind::kRemove, "/0", "1"), "no operand"));
}

TEST_CASE("update: unions") {
  CHECK(one({}, Kind::kUnion, "", "[1,2,1]") == "[1,2]");
  CHECK(one("[1,2]", Kind::kUnion, "", "[2,3,3]") == "[1,2,3]");
  CHECK(one("[1]", Kind::kUnion, "", "[]") == "[1]");
  CHECK(one({}, Kind::kUnion, "/tags", R"(["a"])") == R"({"tags":["a"]})");
  CHECK(one("[1,1]", Kind::kUnion, "", "[1]") == "[1,1]");
  CHECK(one("[1.0,100]", Kind::kUnion, "", "[1,1e2,\"1\"]") == "[1.0,100,\"1\"]");
  CHECK(one(R"([{"a":1,"b":[2]}])", Kind::kUnion, "", R"([{"b":[2.0],"a":1},{"a":1}])") ==
        R"([{"a":1,"b":[2]},{"a":1}])");
  CHECK(one(R"(["\u0061"])", Kind::kUnion, "", R"(["a","\ud800","\ud801"])") ==
        R"(["\u0061","\ud800","\ud801"])");
  CHECK(one("[[],{}]", Kind::kUnion, "", "[{},[],[[]],null,false]") == "[[],{},[[]],null,false]");
  CHECK(one(R"(["[1]"])", Kind::kUnion, "", "[[1]]") == R"(["[1]",[1]])");
  CHECK(says(one("{}", Kind::kUnion, "", "[1]"), "there is an object"));
  CHECK(says(one("\"a\"", Kind::kUnion, "", "[1]"), "there is a text"));
  CHECK(says(one("[1]", Kind::kUnion, "", "1"), "operand is not an array"));
}

TEST_CASE("update: several are applied in turn") {
  CHECK(applied({}, {update(Kind::kSet, "/a", "[]"), update(Kind::kAppend, "/a", "1"),
                     update(Kind::kIncrement, "/a/0", "1"), update(Kind::kUnion, "/a", "[2,3]"),
                     update(Kind::kRemove, "/a/0")}) == R"({"a":[3]})");
  CHECK(applied("{\"a\":1}", {update(Kind::kRemove, ""), update(Kind::kIncrement, "", "1")}) ==
        "1");
  CHECK(applied("1", {update(Kind::kIncrement, "", "1"), update(Kind::kRemove, "")}) == "(none)");
  CHECK(applied("[ 1 ]", {}) == "[ 1 ]");
  const std::string message =
      applied("1", {update(Kind::kIncrement, "", "1"), update(Kind::kAppend, "/a", "1")});
  CHECK(says(message, "update 2 (append at \"/a\"): there is a number on the way"));
}

TEST_CASE("update: what is not touched stays as it is") {
  const std::string text =
      "{ \"big\" : 12345678901234567890123.50, \"float\":1.0,\n\t\"s\":\"\\u00e9\\/\\ud800\", "
      "\"a\":1, \"n\":-0 }";
  std::string expected = text;
  expected.replace(expected.find("\"a\":1"), 5, "\"a\":2");
  CHECK(one(text, Kind::kIncrement, "/a", "1") == expected);
}

TEST_CASE("update: members named __proto__ and doubled members are ordinary") {
  CHECK(one("{}", Kind::kSet, "/__proto__/x", "1") == R"({"__proto__":{"x":1}})");
  CHECK(one(R"({"__proto__":1})", Kind::kIncrement, "/__proto__", "1") == R"({"__proto__":2})");
  CHECK(one("{}", Kind::kSet, "/constructor", "1") == R"({"constructor":1})");
  CHECK(one(R"({"a":1,"b":0,"a":2})", Kind::kIncrement, "/a", "1") == R"({"a":1,"b":0,"a":3})");
  CHECK(one(R"({"a":1,"b":0,"a":2})", Kind::kRemove, "/a") == R"({"b":0})");
}

TEST_CASE("update: paths that are none") {
  CHECK(says(one("{}", Kind::kSet, "a", "1"), "begins with something else than /"));
  CHECK(says(one("{}", Kind::kSet, "/a~2", "1"), "~"));
  CHECK(says(one("{}", Kind::kSet, "/a~", "1"), "~"));
  CHECK(says(one("{}", Kind::kSet, "/\xFF", "1"), "UTF-8"));
  CHECK(says(one("{}", Kind::kSet, "/" + std::string(1024, 'a'), "1"), "1024"));
  CHECK(one("{}", Kind::kSet, "/" + std::string(1023, 'a'), "1").size() == 1023 + 6);
  std::string deep;
  for (int i = 0; i < 32; ++i) deep += "/a";
  CHECK(says(one("{}", Kind::kSet, deep, "1"), "{\"a\":{\"a\":"));
  CHECK(says(one("{}", Kind::kSet, deep + "/a", "1"), "32 parts"));
}

TEST_CASE("update: values that are no JSON") {
  CHECK(says(one("{", Kind::kSet, "/a", "1"), "the present value is no JSON"));
  CHECK(says(one("", Kind::kSet, "/a", "1"), "the present value is no JSON"));
  CHECK(says(one("{}", Kind::kSet, "/a", "1 2"), "the operand is no JSON"));
  CHECK(says(one("{}", Kind::kSet, "/a", ""), "the operand is no JSON"));
  CHECK(says(one("{}", Kind::kSet, "/a", "1}"), "the operand is no JSON"));
  CHECK(says(one("{}", Kind::kSet, "/a", "\"\xFF\""), "the operand is no JSON"));
}

TEST_CASE("update: sizes") {
  CHECK(applied("\"ab\"", {update(Kind::kAppend, "", "\"cd\"")}, Bytes{6}) == "\"abcd\"");
  CHECK(says(applied("\"ab\"", {update(Kind::kAppend, "", "\"cde\"")}, Bytes{6}),
             "would have 7 bytes; it may have 6"));
  CHECK(applied("[[1]]", {update(Kind::kAppend, "/0", "[2]")}, Bytes{100}, 3) == "[[1,[2]]]");
  CHECK(says(applied("[[1]]", {update(Kind::kAppend, "/0", "[[2]]")}, Bytes{100}, 3),
             "the new value is nested more than 3 deep"));
  CHECK(says(applied("[[[[1]]]]", {update(Kind::kAppend, "", "1")}, Bytes{100}, 3),
             "the present value is nested more than 3 deep"));
  CHECK(says(applied("{}", {update(Kind::kSet, "/a", "[[[[1]]]]")}, Bytes{100}, 3),
             "the operand is nested more than 3 deep"));
  const Updates many(kMaxKeyValueUpdates + 1, update(Kind::kIncrement, "", "1"));
  CHECK(says(applied("1", many), "257 updates"));
  CHECK(applied("1", Updates(kMaxKeyValueUpdates, update(Kind::kIncrement, "", "1"))) == "257");
}

TEST_CASE("update: hostile values") {
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  CHECK(says(one(deep, Kind::kAppend, "", "1"), "nested"));
  CHECK(says(one("[]", Kind::kAppend, "", deep), "nested"));
  CHECK(says(one("[]", Kind::kUnion, "", deep), "nested"));
  const std::string open(16'000'000, '[');
  CHECK(says(one(open, Kind::kAppend, "", "1"), "nested"));
  // As deep as may be asked for, and without recursion.
  const std::string most = std::string(16'000, '[') + std::string(16'000, ']');
  const auto result = apply_updates("[]", {update(Kind::kUnion, "", "[" + most + "," + most + "]")},
                                    Bytes::mebibytes(16), 16'384);
  REQUIRE(result.has_value());
  CHECK(**result == "[" + most + "]");
}

}  // namespace sublet

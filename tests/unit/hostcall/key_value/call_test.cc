// SPDX-License-Identifier: Apache-2.0
#include "hostcall/key_value/call.h"

#include <doctest/doctest.h>

namespace sublet::hostcall {
namespace {

using Operation = KeyValueOperation;
using Kind = KeyValueStep::Kind;

KeyValueCall read(std::string_view name, std::string_view arguments, std::string body = {}) {
  auto call = read_key_value_call(name, arguments, std::move(body));
  REQUIRE_MESSAGE(call.has_value(), call.error().message);
  return std::move(call).value();
}

std::string refusal(std::string_view name, std::string_view arguments, std::string body = {}) {
  const auto call = read_key_value_call(name, arguments, std::move(body));
  return call.has_value() ? "accepted" : call.error().message;
}

}  // namespace

TEST_CASE("key value call: a get is its body") {
  const KeyValueCall call = read("kv.get@crm", "", std::string("a\0b", 3));
  CHECK(call.operation == Operation::kGet);
  CHECK(call.name == "kv.get");
  CHECK(call.name_space == "crm");
  CHECK(call.keys == std::vector<std::string>{std::string("a\0b", 3)});
  CHECK(refusal("kv.get", "", "") == "the key is empty");
  CHECK(refusal("kv.get", "", "\xff") == "the key is no Unicode");
  CHECK(refusal("kv.get@", "", "a") == "the namespace's name is empty");
}

TEST_CASE("key value call: a value is the text that was written") {
  const KeyValueCall call = read("kv.set", R"(["k\u0000", {"a" : [1.0]} , {"ttl":1.5}])");
  REQUIRE(call.steps.size() == 1);
  CHECK(call.steps[0].kind == Kind::kSet);
  CHECK(call.steps[0].key == std::string("k\0", 2));
  CHECK(call.steps[0].value.data == R"({"a" : [1.0]})");
  CHECK(call.steps[0].expiry->ttl == std::chrono::milliseconds(1500));
}

TEST_CASE("key value call: bytes come as they are") {
  const KeyValueCall call =
      read("kv.setBytes", R"(["k",{"if":"absent"}])", std::string("\0\xff", 2));
  CHECK(call.name == "kv.set");
  CHECK(call.steps[0].value == KeyValueValue{KeyValueType::kBytes, std::string("\0\xff", 2)});
  CHECK(call.steps[0].condition.kind == KeyValueCondition::Kind::kAbsent);
}

TEST_CASE("key value call: half a surrogate pair is no key, what looks like one is") {
  CHECK(refusal("kv.set", R"(["\ud800",1])").find("half a surrogate") != std::string::npos);
  CHECK(refusal("kv.set", R"(["a\\\udfff",1])").find("half a surrogate") != std::string::npos);
  CHECK(read("kv.set", R"(["\\ud800",1])").steps[0].key == "\\ud800");
  CHECK(read("kv.set", R"(["\ud7ff",1])").steps[0].key == "\xed\x9f\xbf");
}

TEST_CASE("key value call: a transaction's checks join its writes") {
  const KeyValueCall call = read("kv.transact", R"([[["check","a",{"ifVersion":7}],["set","a",1,{}],
      ["setBytes","b","AP8="],["update","c",[{"op":"increment","value":2,"path":"/x"}]],
      ["delete","d",{"if":"present"}],["check","e",{"if":"absent"}]]])");
  REQUIRE(call.steps.size() == 5);
  CHECK(call.steps[0].kind == Kind::kSet);
  CHECK(call.steps[0].condition.version == 7);
  CHECK(call.steps[1].value.data == std::string("\0\xff", 2));
  CHECK(call.steps[2].updates[0].operand == "2");
  CHECK(call.steps[3].condition.kind == KeyValueCondition::Kind::kPresent);
  CHECK(call.steps[4].kind == Kind::kCheck);
  CHECK(read("kv.transact", R"([[["delete","a"],["check","a",{"ifVersion":7}]]])")
            .steps[0]
            .condition.version == 7);
}

TEST_CASE("key value call: what is wrong is named") {
  CHECK(refusal("kv.set", "{}") == "the arguments must be an array");
  CHECK(refusal("kv.set", R"(["a"])") == "a value is missing");
  CHECK(refusal("kv.set", R"([1,2])") == "the key must be a string");
  CHECK(refusal("kv.set", R"(["a",1,{"tll":3}])") ==
        "there is no option \"tll\"; did you mean \"ttl\"?");
  CHECK(refusal("kv.set", R"(["a",1,{"ttl":"3"}])") == "ttl must be a number");
  CHECK(refusal("kv.steal", R"([])") == "there is no such operation");
  CHECK(refusal("kv.transact", R"([[["set","a",1],["set","a",2]]])") ==
        "a transaction names a key twice");
  CHECK(refusal("kv.transact",
                R"([[["check","a",{"if":"absent"}],["set","a",2,{"if":"absent"}]]])") ==
        "a transaction has two conditions for a key");
  CHECK(refusal("kv.list", R"([{"cursor":"x"}])") == "cursor is none that a page came with");
  CHECK(refusal("kv.list", R"([{"limit":1001}])") == "limit must be 1 to 1000");
  CHECK(refusal("kv.update", R"(["a",[{"op":"set","path":"/a"}]])") == "an update needs a value");
}

}  // namespace sublet::hostcall

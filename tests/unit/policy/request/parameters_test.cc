// SPDX-License-Identifier: Apache-2.0
#include "policy/request/parameters.h"

#include <doctest/doctest.h>

#include <string>

#include "policy/manifest.h"

namespace sublet::policy {
namespace {

std::string manifest_with(std::string_view parameters) {
  return "{\"name\": \"a\", \"version\": \"1.0.0\", \"handlers\": {\"e\": "
         "true},\n\"parameters\": " +
         std::string(parameters) + "}";
}

std::string refusal(std::string_view parameter) {
  const auto manifest = parse_manifest(manifest_with("{\"p\": " + std::string(parameter) + "}"));
  return manifest ? "accepted" : manifest.error().message;
}

std::vector<ParameterDeclaration> declared(std::string_view parameters) {
  const auto manifest = parse_manifest(manifest_with(parameters));
  if (!manifest) FAIL(manifest.error().message);
  return manifest->parameters;
}

// "parameter: rule" of every fault.
std::string faults(std::string_view parameters, std::string_view given) {
  std::string out;
  for (const ParameterFault& fault : check_parameters(declared(parameters), given).faults) {
    out += (out.empty() ? "" : ", ") + fault.parameter + ": " + std::string(fault.rule);
  }
  return out;
}

std::string fault_of(std::string_view parameter, std::string_view value) {
  return faults("{\"p\": " + std::string(parameter) + "}", "{\"p\": " + std::string(value) + "}");
}

}  // namespace

TEST_CASE("parameters: declarations that contradict themselves are refused by line and field") {
  CHECK(refusal("{\n\"type\": \"string\"}") ==
        "extension.json:3: parameters.p.type must be \"text\", \"number\", \"boolean\", "
        "\"choice\", \"url\" or \"domain\"");
  for (const char* wrong :
       {R"({"type": "number", "pattern": "a"})", R"({"type": "url", "secret": true})",
        R"({"type": "choice"})", R"({"choices": ["a"]})",
        R"({"secret": true, "default": "12345678"})", R"({"secret": true, "max_length": 7})",
        R"({"required": true, "default": "a"})", R"({"pattern": "("})",
        R"--({"pattern": "(?=a)"})--", R"--({"pattern": "(a)\\1"})--", R"({"default": 5})",
        R"({"type": "number", "default": "5"})", R"({"type": "choice", "choices": ["a", "a"]})",
        R"({"type": "choice", "choices": [""]})", R"({"max_length": 0})",
        R"({"type": "choice", "choices": ["a"], "default": "b"})",
        R"({"pattern": "b", "default": "a"})", R"({"min": 1})", "5"}) {
    CAPTURE(wrong);
    CHECK(refusal(wrong).starts_with("extension.json:2: "));
  }
  CHECK(refusal("{\n\"pattern\":\n\"(\"}").starts_with("extension.json:4: parameters.p.pattern"));
  CHECK(refusal("{}") == "accepted");
}

TEST_CASE("parameters: a value is held against its type") {
  CHECK(fault_of("{}", "5") == "p: type");
  CHECK(fault_of("{}", "\"5\"").empty());
  CHECK(fault_of("{}", "{}") == "p: type");
  CHECK(fault_of(R"({"type": "number"})", "\"5\"") == "p: type");
  CHECK(fault_of(R"({"type": "number"})", "1e999") == "p: number");
  CHECK(fault_of(R"({"type": "number"})", "-1.5e3").empty());
  CHECK(fault_of(R"({"type": "boolean"})", "0") == "p: type");
  CHECK(fault_of(R"({"type": "boolean"})", "false").empty());
  CHECK(fault_of(R"({"type": "choice", "choices": ["a", "b"]})", "\"c\"") == "p: choices");
  CHECK(fault_of(R"({"type": "choice", "choices": ["a", "b"]})", "\"b\"").empty());
}

TEST_CASE("parameters: lengths count characters, patterns the whole text") {
  CHECK(fault_of(R"({"max_length": 2})", "\"\\u00e9\\u00e9\"").empty());
  CHECK(fault_of(R"({"max_length": 2})", "\"abc\"") == "p: max_length");
  CHECK(fault_of("{}", "\"" + std::string(kDefaultMaxLength, 'a') + "\"").empty());
  CHECK(fault_of("{}", "\"" + std::string(kDefaultMaxLength + 1, 'a') + "\"") == "p: max_length");
  CHECK(fault_of(R"({"pattern": "[a-z]+"})", "\"abc\"").empty());
  CHECK(fault_of(R"({"pattern": "[a-z]+"})", "\"abc1\"") == "p: pattern");
  CHECK(fault_of(R"({"pattern": ".\u00e9"})", "\"\\u00e9\\u00e9\"").empty());
  CHECK(fault_of(R"({"secret": true})", "\"1234567\"") == "p: min_length");
  CHECK(fault_of(R"({"secret": true})", "\"12345678\"").empty());
  // Exponential for a backtracking engine.
  CHECK(fault_of(R"({"pattern": "(a*)*b"})", "\"" + std::string(4000, 'a') + "\"") == "p: pattern");
}

TEST_CASE("parameters: domains and URLs") {
  for (const char* right : {"acme", "acme.example.com", "A-1.example.co", "xn--e1afmkfd.example"}) {
    CAPTURE(right);
    CHECK(is_domain(right));
  }
  for (const char* wrong : {"",      ".",     "a.",    ".a",  "a..b",    "-a.b",       "a-.b",
                            "a_b.c", "a/b",   "a:80",  "a b", "1.2.3.4", "127.1",      "2130706433",
                            "0x7f",  "a.0x1", "[::1]", "a@b", "a%2e",    "\xC3\xA9.de"}) {
    CAPTURE(wrong);
    CHECK_FALSE(is_domain(wrong));
  }
  CHECK_FALSE(is_domain(std::string(64, 'a')));
  CHECK(is_web_url("https://api.example.com:8443/v1?x=%20#f"));
  CHECK(is_web_url("http://a"));
  for (const char* wrong : {"", "a", "ftp://a", "https://", "https://a@b", "https://a:b@c/", "//a",
                            "https://a:x", "https://a/ b", "https://a/\"", "HTTPS://a", "https:a",
                            "javascript://a", "https://[::1]/"}) {
    CAPTURE(wrong);
    CHECK_FALSE(is_web_url(wrong));
  }
}

TEST_CASE("parameters: all faults are told, each with its parameter and rule") {
  const std::string parameters = R"({"a": {"required": true}, "b": {"type": "number"},
      "c": {"default": "x"}, "d": {"required": true}, "e": {}})";
  CHECK(faults(parameters, R"({"a": null, "b": "1", "z": 1, "e": "1", "e": "2", "d": ""})") ==
        "b: type, z: unknown, e: twice, d: required, a: required");
  CHECK(faults(parameters, "[]") == ": json");
  CHECK(faults(parameters, "{") == ": json");
  CHECK(faults(parameters, "{}") == "a: required, d: required");
}

TEST_CASE("parameters: values and defaults") {
  const auto checked = check_parameters(
      declared(R"({"a": {}, "b": {"type": "number", "default": 5}, "c": {"default": "x"},
                   "s": {"secret": true}, "n": {}})"),
      R"({"a": "t\u00e9", "c": "y", "s": "12345678", "n": null})");
  REQUIRE(checked.ok());
  CHECK(checked.values.size() == 4);
  CHECK(checked.values.at("a").text == "t\xC3\xA9");
  CHECK(checked.values.at("b").text == "5");
  CHECK(checked.values.at("b").kind == base::JsonKind::kNumber);
  CHECK(checked.values.at("c").text == "y");
  CHECK(checked.values.at("s").secret);
  CHECK_FALSE(checked.values.at("a").secret);
}

TEST_CASE("parameters: no message shows a value") {
  const auto checked = check_parameters(declared(R"({"s": {"secret": true, "pattern": "[0-9]+"}})"),
                                        R"({"s": "hunter2-hunter2"})");
  REQUIRE(checked.faults.size() == 1);
  CHECK(checked.faults[0].message == "\"s\" must match the pattern \"[0-9]+\"");
}

}  // namespace sublet::policy

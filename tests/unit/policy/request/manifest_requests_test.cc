// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "policy/manifest.h"

namespace sublet::policy {
namespace {

// A manifest whose section stands in line 2.
Result<Manifest> parse(const std::string& section) {
  return parse_manifest("{\"name\": \"a\", \"version\": \"1.0.0\", \"handlers\": {\"e\": true},\n" +
                        section + "}");
}

std::string refusal(const std::string& section) {
  const auto manifest = parse(section);
  return manifest ? "accepted" : manifest.error().message;
}

// So many members with one value.
std::string many(std::size_t count, const std::string& value) {
  std::string out = "{";
  for (std::size_t i = 0; i < count; ++i) {
    out += (i == 0 ? "\"n" : ", \"n") + std::to_string(i) + "\": " + value;
  }
  return out + "}";
}

}  // namespace

TEST_CASE("manifest: the sections of requests are kept in their order") {
  const auto manifest = parse(R"("requests": {
      "create": {"method": "POST", "host": "a.example.com", "path": "/t", "body": {"a": [1]}},
      "crm.list": {"host": "b.example.com"}},
    "egress": ["a.example.com", "*.example.com"], "parameters": {"p": {"type": "url"}})");
  REQUIRE(manifest);
  REQUIRE(manifest->requests.size() == 2);
  CHECK(manifest->requests[0].name == "create");
  CHECK(manifest->requests[0].line == 3);
  CHECK(manifest->requests[0].body->text == "{\"a\": [1]}");
  CHECK_FALSE(manifest->requests[0].body_is_text);
  CHECK(manifest->requests[1].name == "crm.list");
  CHECK(manifest->requests[1].method.text == "GET");
  CHECK(manifest->requests[1].https);
  CHECK(manifest->requests[1].path.text == "/");
  CHECK(manifest->egress == std::vector<std::string>{"a.example.com", "*.example.com"});
  CHECK(manifest->parameters.at(0).type == ParameterType::kUrl);
}

TEST_CASE("manifest: sections that are not what they should be") {
  CHECK(refusal("\"requests\": []") == "extension.json:2: requests must be an object");
  CHECK(refusal("\"requests\": {\"a b\": {}}")
            .starts_with("extension.json:2: the template name in requests \"a b\""));
  CHECK(refusal("\"requests\": {\"a\": 1}") == "extension.json:2: requests.a must be an object");
  CHECK(refusal("\"parameters\": 1") == "extension.json:2: parameters must be an object");
  CHECK(refusal("\"egress\": \"a\"") == "extension.json:2: egress must be an array");
  CHECK(refusal("\"egress\": [\n1]") == "extension.json:3: egress[0] must be a string");
  CHECK(refusal("\"egress\": [\"a\",\n\"a\"]") ==
        "extension.json:3: egress[1] \"a\" is there twice");
  CHECK(refusal("\"oauth\": null") == "extension.json:2: oauth must be an object");
  CHECK(refusal("\"requests\": {\"a\": {\"host\": \"b\", \"headers\": {\"\\u0000\": \"x\"}}}")
            .starts_with("extension.json:2: requests.a.headers: \"\\x00\""));
}

TEST_CASE("manifest: the sections of requests are bounded") {
  CHECK(refusal("\"requests\": " + many(kMaxRequests, "{\"host\": \"a\"}")) == "accepted");
  CHECK(refusal("\"requests\": " + many(kMaxRequests + 1, "{\"host\": \"a\"}")) ==
        "extension.json:2: requests has more than 100 entries");
  CHECK(refusal("\"parameters\": " + many(kMaxParameters, "{}")) == "accepted");
  CHECK(refusal("\"parameters\": " + many(kMaxParameters + 1, "{}")) ==
        "extension.json:2: parameters has more than 50 entries");
  const std::string request = "\"requests\": {\"r\": {\"host\": \"a\", \"method\": \"POST\", ";
  CHECK(refusal(request + "\"query\": " + many(65, "1") + "}}") ==
        "extension.json:2: requests.r.query has more than 64 entries");
  CHECK(refusal(request + "\"path\": \"/" + std::string(3000, 'a') + "\"}}") ==
        "extension.json:2: requests.r.path has 3001 bytes; it may have at most 2048");
  CHECK(refusal(request + "\"body\": {\"a\": \"" + std::string(65536, 'a') + "\"}}}")
            .ends_with("it may have at most 65536"));
  CHECK(refusal(request + "\"body\": " + many(257, "\"<%= context.a %>\"") + "}}") ==
        "extension.json:2: requests.r.body: the request has more than 256 substitutions");
}

}  // namespace sublet::policy

// SPDX-License-Identifier: Apache-2.0
#include "proxy/vault/parameter_merge.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "policy/manifest.h"

namespace sublet::proxy {
namespace {

using nlohmann::json;

std::vector<policy::ParameterDeclaration> declared(const std::string& parameters) {
  const auto manifest = policy::parse_manifest(
      R"({"name": "a", "version": "1.0.0", "handlers": {"e": true}, "parameters": )" + parameters +
      "}");
  if (!manifest) FAIL(manifest.error().message);
  return manifest->parameters;
}

const std::string kParameters =
    R"({"domain": {"type": "domain", "required": true}, "key": {"secret": true},
        "limit": {"type": "number", "default": 5}, "debug": {"type": "boolean"}, "note": {}})";

// What is to be stored, or "name: rule" of every fault.
std::string merged(std::optional<std::string> stored, const std::string& given) {
  const auto result = merge_parameters(declared(kParameters), stored, given);
  if (!result) return result.error().message;
  if (result->checked.ok()) return json::parse(result->json).dump();
  std::string out;
  for (const auto& fault : result->checked.faults) {
    out += (out.empty() ? "" : ", ") + fault.parameter + ": " + std::string(fault.rule);
  }
  return out;
}

const std::string kStored =
    R"({"plain":{"domain":"acme","limit":7,"gone":"x"},"secret":{"key":"hush-hush-1"}})";

}  // namespace

TEST_CASE("parameters: what is given goes over what is stored") {
  CHECK(merged(std::nullopt, R"({"domain": "acme"})") ==
        R"({"plain":{"domain":"acme"},"secret":{}})");
  CHECK(merged(kStored, "{}") ==
        R"({"plain":{"domain":"acme","limit":7},"secret":{"key":"hush-hush-1"}})");
  CHECK(merged(kStored, R"({"limit": 8, "note": "a\"b\u00e9"})") ==
        R"({"plain":{"domain":"acme","limit":8,"note":"a\"bé"},"secret":{"key":"hush-hush-1"}})");
  CHECK(merged(kStored, R"({"key": null, "limit": null})") ==
        R"({"plain":{"domain":"acme"},"secret":{}})");
}

TEST_CASE("parameters: the whole is held against the manifest") {
  CHECK(merged(std::nullopt, "{}") == "domain: required");
  CHECK(merged(kStored, R"({"domain": null})") == "domain: required");
  CHECK(merged(kStored, R"({"gone": "y"})") == "gone: unknown");
  CHECK(merged(kStored, R"({"limit": 1, "limit": 2})") == "limit: twice");
  CHECK(merged(kStored, R"({"limit": "8", "other": 1})") == "other: unknown, limit: type");
  CHECK(merged(kStored, "[]") == ": json");
  CHECK(merged(kStored, "{") == ": json");
  // After an upgrade that wants it otherwise.
  const std::string many = R"({"plain":{"domain":"acme","limit":"many"},"secret":{}})";
  CHECK(merged(many, "{}") == "limit: type");
  CHECK(merged(many, R"({"limit": 3})") == R"({"plain":{"domain":"acme","limit":3},"secret":{}})");
  CHECK(merged(R"({"domain":"acme"})", "{}") == "the stored parameters are not readable");
  CHECK(merged("nonsense", "{}") == "the stored parameters are not readable");
}

TEST_CASE("parameters: defaults are values, and are not stored") {
  const auto result = merge_parameters(declared(kParameters), std::nullopt, R"({"domain":"acme"})");
  REQUIRE(result);
  CHECK(result->checked.values.at("limit").text == "5");
  CHECK(result->json == R"({"plain":{"domain":"acme"},"secret":{}})");
}

TEST_CASE("parameters: a secret never becomes a value that tenant code sees") {
  const auto later = declared(R"({"key": {}, "domain": {"secret": true}})");
  const auto result = merge_parameters(later, kStored, "{}");
  REQUIRE(result);
  CHECK_FALSE(result->checked.values.contains("key"));
  CHECK(result->json.find("hush") == std::string::npos);
  // The other way round nothing is shown that was not.
  CHECK(merge_parameters(later, R"({"plain":{"domain":"acme-example"},"secret":{}})", "{}")
            ->checked.values.at("domain")
            .secret);
}

TEST_CASE("parameters: tenant code sees what is no secret") {
  const auto result = merge_parameters(declared(kParameters), kStored,
                                       R"({"debug": false, "note": "\"\\\n\u0001\u2028"})");
  REQUIRE(result);
  REQUIRE(result->checked.ok());
  const std::string shown = shown_parameters(result->checked.values);
  CHECK(json::parse(shown) ==
        json({{"domain", "acme"}, {"limit", 7}, {"debug", false}, {"note", "\"\\\n\x01\u2028"}}));
  CHECK(shown.find("hush") == std::string::npos);
  CHECK(secret_names(result->checked.values) == std::vector<std::string>{"key"});
  CHECK(shown_parameters({}) == "{}");
  CHECK(secret_names({}).empty());
}

}  // namespace sublet::proxy

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "policy/events/webhooks_section.h"
#include "policy/manifest.h"

// extension.schema.json and parse_manifest() say the same.
namespace sublet::policy {
namespace {

using nlohmann::json;

json schema() {
  std::ifstream file(std::string(SUBLET_TEST_DATA) + "/../../../lib/policy/extension.schema.json");
  return json::parse(file, nullptr, false);
}

json minimal() { return {{"name", "a"}, {"version", "1.0.0"}, {"handlers", {{"e", true}}}}; }

bool accepted(const json& manifest) { return parse_manifest(manifest.dump()).has_value(); }

// A value that the schema allows for a property.
json sample(const std::string& name, const json& property) {
  if (property.contains("enum")) return property["enum"][0];
  if (property.contains("default")) return property["default"];
  if (name == "version") return "1.0.0";
  if (name == "compatibility_date") return "2026-01-31";
  if (name == "handlers") return {{"e", "f"}};
  if (property["type"] == "object") return json::object();
  return "a";
}

}  // namespace

TEST_CASE("manifest schema: it is there, and closed") {
  const json all = schema();
  REQUIRE_FALSE(all.is_discarded());
  CHECK(all["additionalProperties"] == false);
  CHECK(all["properties"]["limits"]["additionalProperties"] == false);
}

TEST_CASE("manifest schema: the parser knows every property and every word") {
  const json properties = schema()["properties"];
  for (const auto& item : properties.items()) {
    const std::string name = item.key();
    CAPTURE(name);
    json manifest = minimal();
    manifest[name] = sample(name, item.value());
    CHECK(accepted(manifest));
    for (const json& word : item.value().value("enum", json::array())) {
      manifest[name] = word;
      CHECK(accepted(manifest));
    }
  }
}

// The parser names what it knows when it refuses: asking it is the only way to see its list.
TEST_CASE("manifest schema: the parser knows no property besides") {
  const json properties = schema()["properties"];
  for (const auto& item : properties.items()) {
    const std::string name = item.key();
    const auto manifest = parse_manifest("{\"" + name + "_\": 1}");
    REQUIRE_FALSE(manifest);
    CHECK(manifest.error().message.find("did you mean \"" + name + "\"") != std::string::npos);
  }
  CHECK(properties.size() == 18);
}

TEST_CASE("manifest schema: the parser requires what the schema requires") {
  const json required = schema()["required"];
  for (const json& name : required) {
    json manifest = minimal();
    manifest.erase(name.get<std::string>());
    CHECK_FALSE(accepted(manifest));
  }
  CHECK(accepted(minimal()));
  CHECK(required.size() == minimal().size());
}

TEST_CASE("manifest schema: lengths and counts are the parser's") {
  const json properties = schema()["properties"];
  for (const char* name : {"name", "description"}) {
    json manifest = minimal();
    manifest[name] = std::string(properties[name]["maxLength"].get<std::size_t>(), 'a');
    CHECK(accepted(manifest));
    manifest[name] = manifest[name].get<std::string>() + "a";
    CHECK_FALSE(accepted(manifest));
  }
  CHECK(properties["version"]["maxLength"] == kMaxVersion);
  CHECK(properties["handlers"]["maxProperties"] == kMaxHandlers);
  CHECK(properties["requests"]["maxProperties"] == kMaxRequests);
  CHECK(properties["parameters"]["maxProperties"] == kMaxParameters);
  CHECK(properties["egress"]["maxItems"] == kMaxEgressHosts);
  CHECK(properties["egress"]["items"]["maxLength"] == kMaxEgressHost);
  CHECK(schema()["$defs"]["hosts"]["maxItems"] == kMaxSecretHosts);
  CHECK(schema()["$defs"]["hosts"]["items"]["maxLength"] == kMaxEgressHost);
  CHECK(properties["oauth"]["maxProperties"] == kMaxOAuthProviders);
  CHECK(properties["webhooks"]["maxProperties"] == kMaxWebhooks);
  CHECK(properties["main"]["default"] == Manifest().main);
}

TEST_CASE("manifest schema: limits and their ranges are the parser's") {
  const json limits = schema()["properties"]["limits"]["properties"];
  CHECK(limits.size() == kManifestLimitFields.size());
  for (const ManifestLimitField& field : kManifestLimitFields) {
    const std::string name(field.name);
    CAPTURE(name);
    REQUIRE(limits.contains(name));
    CHECK(limits[name]["type"] == "integer");
    CHECK(limits[name]["minimum"] == field.low);
    CHECK(limits[name]["maximum"] == field.high);
  }
}

}  // namespace sublet::policy

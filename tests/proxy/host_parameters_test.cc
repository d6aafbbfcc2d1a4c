// SPDX-License-Identifier: Apache-2.0
#include <sublet/adapters/memory_key_value_store.h>
#include <sublet/key_value_data.h>

#include <memory>
#include <string>

#include "proxy/requests_support.h"

namespace sublet::scenario {
namespace {

constexpr char kManifest[] = R"({"parameters":{
  "domain":{"type":"domain","required":true},"limit":{"type":"number","default":5},
  "key":{"secret":true,"required":true}},
  "requests":{"get":{"host":"$PEER","headers":{"X-Key":"<%= secret.key %>"}}}})";
constexpr char kCode[] = "return [await parameters(), (await request('get')).text()];";

std::string echo_key(const std::string& request) {
  return http_answer(sent_header(request, "x-key").size() > 8 ? "long" : "short");
}

EncryptionKeySource one_key() {
  return [](std::string_view, std::string_view) -> Result<EncryptionKey> {
    EncryptionKey key{"k1", {}};
    key.bytes.fill(7);
    return key;
  };
}

TEST_CASE("parameters: values are checked, all faults in one message, none shown") {
  RequestHost side(echo_key);
  const auto message = [&](const std::string& values) {
    const auto info = side.try_install(kCode, kManifest, values);
    return info ? std::string("installed") : info.error().message;
  };
  CHECK(message("").find("domain") != std::string::npos);
  const std::string both = message(R"({"limit":"x","key":"short","domain":"a b"})");
  for (const char* name : {"limit", "key", "domain"}) {
    CAPTURE(name);
    CHECK(both.find(name) != std::string::npos);
  }
  CHECK(both.find("short") == both.find("shorter"));
  CHECK(both.find("a b") == std::string::npos);
  CHECK(message(R"({"domain":"acme","key":"key-0123456789","other":1})").find("other") !=
        std::string::npos);
  CHECK(message("[]") != "installed");
  CHECK(message(R"({"domain":"acme","key":"key-0123456789"})") == "installed");
}

TEST_CASE("parameters: an extension that declares none takes none") {
  RequestHost side(echo_key);
  CHECK_FALSE(side.try_install("return 1;", "{}", R"({"a":1})").has_value());
  CHECK(side.try_install("return 1;", "{}", "{}").has_value());
}

TEST_CASE("parameters: what is left out stays, null removes, a new version keeps them") {
  RequestHost side(echo_key);
  side.install(kCode, kManifest, R"({"domain":"acme","key":"key-0123456789","limit":9})");
  CHECK(Json::parse(side.run().json) == Json({{{"domain", "acme"}, {"limit", 9}}, "long"}));

  side.install(kCode, kManifest);
  CHECK(Json::parse(side.run().json)[0]["limit"] == 9);
  REQUIRE(side.host->set_parameters("acme", "ext", R"({"limit":null})").has_value());
  CHECK(Json::parse(side.run().json) == Json({{{"domain", "acme"}, {"limit", 5}}, "long"}));

  const auto shown = side.host->parameters("acme", "ext");
  REQUIRE(shown.has_value());
  CHECK(Json::parse(shown->json) == Json({{"domain", "acme"}, {"limit", 5}}));
  CHECK(shown->secrets == std::vector<std::string>{"key"});

  CHECK_FALSE(side.host->set_parameters("acme", "ext", R"({"key":null})").has_value());
  CHECK_FALSE(side.host->set_parameters("acme", "ext", "{").has_value());
  CHECK(Json::parse(side.run().json)[1] == "long");
  CHECK(side.host->set_parameters("acme", "other", "{}").error().code == ErrorCode::kNotFound);
}

TEST_CASE(
    "parameters: they are kept encrypted, for the next process too, and go with the extension") {
  const auto store = std::make_shared<MemoryKeyValueStore>();
  const auto with_store = [&](HostOptions& options, TenantPolicy&) {
    options.key_value_store = store;
    options.secret_keys = one_key();
  };
  {
    RequestHost side(echo_key, with_store);
    side.install(kCode, kManifest, R"({"domain":"acme","key":"key-0123456789"})");
  }
  KeyValueData data(store);
  const auto spaces = data.spaces("acme");
  REQUIRE(spaces.has_value());
  bool found = false;
  for (const auto& [space, usage] : *spaces) {
    KeyValueList list;
    list.tenant = "acme";
    list.space = space;
    const auto page = data.list(list);
    REQUIRE(page.has_value());
    for (const auto& entry : page->entries) {
      found = true;
      CHECK(entry.value.data.find("key-0123456789") == std::string::npos);
    }
  }
  CHECK(found);

  RequestHost later(echo_key, with_store);
  later.install(kCode, kManifest);
  CHECK(Json::parse(later.run().json)[1] == "long");
  REQUIRE(later.host->uninstall("acme", "ext").has_value());
  CHECK_FALSE(later.try_install(kCode, kManifest).has_value());
}

TEST_CASE("parameters: tenants have their own") {
  RequestHost side(
      [](const std::string& request) { return http_answer(sent_header(request, "x-k")); });
  const char* manifest =
      R"({"parameters":{"k":{}},"requests":{"get":{"host":"$PEER","headers":{"X-K":"<%= param.k %>"}}}})";
  side.install("return (await request('get')).text();", manifest, R"({"k":"one"})", "acme");
  side.install("return (await request('get')).text();", manifest, R"({"k":"two"})", "umbra");
  CHECK(side.run("", "acme").json == R"("one")");
  CHECK(side.run("", "umbra").json == R"("two")");
}

TEST_CASE("parameters: a wrong template is refused at install, with file, line and field") {
  RequestHost side(echo_key);
  const auto message = [&](const std::string& manifest) {
    const auto info = side.try_install("return 1;", manifest);
    return info ? std::string("installed") : info.error().message;
  };
  CHECK(message(R"({"requests":{"get":{"host":"<%= context.host %>"}}})")
            .starts_with("extension.json:1: requests.get.host"));
  CHECK(message(R"({"requests":{"get":{"host":"a.example","path":"/<%= param.x %>"}}})")
            .starts_with("extension.json:1: requests.get.path"));
  CHECK(message(R"({"egress":["*"]})").starts_with("extension.json:1: egress[0]"));
}

}  // namespace
}  // namespace sublet::scenario

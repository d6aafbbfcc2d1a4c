// SPDX-License-Identifier: Apache-2.0
#include <sublet/adapters/memory_key_value_store.h>
#include <sublet/key_value_data.h>

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

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

TEST_CASE("parameters: a secret is not handed on to a version that calls it none") {
  RequestHost side(echo_key);
  side.install("return 1;", R"({"parameters":{"key":{"secret":true}}})",
               R"({"key":"hush-hush-1"})");
  side.install("return await parameters();", R"({"parameters":{"key":{}}})");
  CHECK(side.run().json == "{}");
  CHECK(side.host->parameters("acme", "ext")->json == "{}");
}

TEST_CASE("parameters: they go with the extension, also where its last version took none") {
  RequestHost side(echo_key);
  const char* manifest = R"({"parameters":{"a":{}}})";
  side.install("return await parameters();", manifest, R"({"a":"x"})");
  side.install("return 1;");
  REQUIRE(side.host->uninstall("acme", "ext").has_value());
  side.install("return await parameters();", manifest);
  CHECK(side.run().json == "{}");
}

TEST_CASE("parameters: changes at the same time are all there") {
  RequestHost side(echo_key);
  std::string declared = R"({"parameters":{)";
  for (int i = 0; i < 8; ++i) declared += (i == 0 ? "\"p" : ",\"p") + std::to_string(i) + "\":{}";
  side.install("return await parameters();", declared + "}}");
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const std::string values = "{\"p" + std::to_string(i) + "\":\"v\"}";
      (void)side.host->set_parameters("acme", "ext", values);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(Json::parse(side.run().json).size() == 8);
}

TEST_CASE("parameters: a store that encrypts already keeps them, and needs no keys beside") {
  const auto inner = std::make_shared<MemoryKeyValueStore>();
  const auto store = EncryptedKeyValueStore::create(inner, one_key());
  REQUIRE(store.has_value());
  {
    RequestHost side(
        echo_key, [&](HostOptions& options, TenantPolicy&) { options.key_value_store = *store; });
    side.install(kCode, kManifest, R"({"domain":"acme","key":"key-0123456789"})");
    CHECK(Json::parse(side.run().json)[1] == "long");
    CHECK(side.host->secret_store() == *store);
  }
  HostOptions both;
  both.key_value_store = *store;
  both.secret_keys = one_key();
  const auto refused = ExtensionHost::create(both);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.starts_with("HostOptions::secret_keys"));
}

TEST_CASE("parameters: their keys are changed beside data that is in the clear") {
  const auto store = std::make_shared<MemoryKeyValueStore>();
  const auto setup = [&](HostOptions& options, TenantPolicy&) {
    options.key_value_store = store;
    options.secret_keys = one_key();
  };
  RequestHost side(echo_key, setup);
  side.install("await kv.set('plain', 1); " + std::string(kCode), kManifest,
               R"({"domain":"acme","key":"key-0123456789"})");
  CHECK(Json::parse(side.run().json)[1] == "long");
  std::promise<Result<std::uint64_t>> rotated;
  side.host->secret_store()->rotate("acme", [&](auto count) { rotated.set_value(count); });
  const auto count = rotated.get_future().get();
  REQUIRE_MESSAGE(count.has_value(), count.error().message);
  CHECK(*count == 1);
  RequestHost later(echo_key, setup);
  later.install(kCode, kManifest);
  CHECK(Json::parse(later.run().json)[1] == "long");
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

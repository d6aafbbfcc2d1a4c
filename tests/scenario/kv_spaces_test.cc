// SPDX-License-Identifier: Apache-2.0
// Who sees whose entries.
#include "kv_support.h"

namespace sublet::scenario {
namespace {

constexpr const char* kSwap =
    "const before = await kv.get('k'); await kv.set('k', event.extension + '@' + event.tenant); "
    "return before ?? null";

Json shares(std::vector<std::string> names) { return {{"kv_namespaces", std::move(names)}}; }

}  // namespace

TEST_SUITE("kv") {
  TEST_CASE("kv spaces: extensions of a tenant and installs of an extension are kept apart") {
    KvHost host;
    host.install(kSwap, {}, "one");
    host.install(kSwap, {}, "two");
    host.install(kSwap, {}, "one", "globex");
    for (const char* name : {"one", "two"}) CHECK_ANSWER(host.run("", name), "null");
    CHECK_ANSWER(host.run("", "one", "globex"), "null");
    CHECK_ANSWER(host.run("", "one"), "\"one@acme\"");
    CHECK_ANSWER(host.run("", "two"), "\"two@acme\"");
    CHECK_ANSWER(host.run("", "one", "globex"), "\"one@globex\"");
  }

  TEST_CASE("kv spaces: a namespace is shared by those whose manifests name it") {
    KvHost host;
    const std::string code =
        "const crm = kv.namespace('crm'); const before = await crm.get('k'); "
        "await crm.set('k', event.extension); return [before ?? null, await kv.get('k') ?? null]";
    host.install(code, shares({"crm", "other"}), "one");
    host.install(code, shares({"crm"}), "two");
    host.install(code, shares({"other"}), "three");
    host.install(code, shares({"crm"}), "one", "globex");
    CHECK_ANSWER(host.run("", "one"), "[null,null]");
    CHECK_ANSWER(host.run("", "two"), "[\"one\",null]");
    CHECK_ANSWER(host.run("", "one", "globex"), "[null,null]");
    const auto denied = host.run("", "three");
    CHECK_OUTCOME(denied, Outcome::kException);
    CHECK(error_of(denied).message == "kv.get: the manifest names no namespace \"crm\"");
    CHECK(host.stored("k", "shared/crm") == "\"two\"");
  }

  TEST_CASE("kv spaces: names that try to reach elsewhere are names, or refused") {
    KvHost host;
    host.install("await kv.set('secret', 'theirs')", {}, "victim");
    REQUIRE(host.run("", "victim").ok());
    const auto found = host.does(
        "const found = []; for (const name of ['../victim', 'own/victim', 'victim', '', '@', "
        "'crm@own/victim', '\\u0000', 'sublet/data-keys']) { try { "
        "found.push(await kv.namespace(name).get('secret')); } catch (e) { found.push(e.code); } }"
        "for (const key of ['../victim/secret', 'own/victim/secret', '/secret', "
        "'\\u0000secret', '%2e%2e/secret']) found.push(await kv.get(key) ?? 'none');"
        "return [...new Set(found)]",
        shares({"crm"}));
    CHECK_ANSWER(found, R"(["kv_denied","kv_argument","none"])");
  }

  TEST_CASE("kv spaces: a namespace has everything that kv has") {
    KvHost host;
    CHECK_ANSWER(
        host.does("const crm = kv.namespace('crm'); await crm.set('b', new Uint8Array([1]));"
                  "await crm.increment('n'); await crm.transaction().set('t', 1).commit();"
                  "const keys = []; for await (const e of crm.entries()) keys.push(e.key);"
                  "await crm.delete('b');"
                  "return [keys, (await crm.entry('n')).value, await crm.getMany(['b', 't']), "
                  "(await kv.list()).entries.length, (await crm.usage()).keys]",
                  shares({"crm"})),
        R"([["b","n","t"],1,[null,1],0,2])");
  }

  TEST_CASE("kv spaces: data outlives a version, and an uninstall") {
    KvHost host;
    REQUIRE(host.does("await kv.set('k', 1)").ok());
    CHECK_ANSWER(host.does("return await kv.get('k')"), "1");
    REQUIRE(host.host->uninstall("acme", "ext").has_value());
    CHECK_ANSWER(host.does("return await kv.get('k')"), "1");
    CHECK(host.data.erase("acme", own_space("ext")).value() == 1);
    CHECK_ANSWER(host.does("return await kv.get('k') ?? 'gone'"), "\"gone\"");
  }

  TEST_CASE("kv spaces: manifests") {
    KvHost host;
    const auto refused = [&](const Json& more) {
      auto files = bundle_files("export const run = () => 1;");
      Json changed = Json::parse(files["extension.json"]);
      changed.update(more);
      files["extension.json"] = changed.dump();
      const auto info = host.host->install("acme", Bundle::from_memory(files).value());
      return info.has_value() ? std::string("accepted") : info.error().message;
    };
    CHECK(refused({{"kv", "sometimes"}}).find("kv must be \"direct\" or") != std::string::npos);
    CHECK(refused({{"kv", true}}).find("kv must be") != std::string::npos);
    CHECK(refused({{"kv_namespaces", "crm"}}).find("must be an array") != std::string::npos);
    CHECK(refused({{"kv_namespaces", {"a", "a"}}}).find("is there twice") != std::string::npos);
    CHECK(refused({{"kv_namespaces", {"A"}}}).find("must start with a-z") != std::string::npos);
    CHECK(refused({{"kv_namespaces", {1}}}).find("must be a string") != std::string::npos);
    CHECK(refused({{"kv_namespaces", {"a", "b"}}, {"kv", "direct"}}) == "accepted");
  }
}

}  // namespace sublet::scenario

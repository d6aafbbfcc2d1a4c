// SPDX-License-Identifier: Apache-2.0
// Tenant code that means harm.
#include "kv_support.h"

namespace sublet::scenario {

TEST_SUITE("kv") {
  TEST_CASE("kv hostile: a flood of keys stops at the quota, and others are not disturbed") {
    auto policy = KvHost::ample_kv_policy();
    policy.kv.keys = 500;
    KvHost host(policy);
    host.install(
        "let n = 0; try { for (;;) { await Promise.all(Array.from({ length: 50 }, "
        "() => kv.set('k' + n++, 'x'))) } } catch (e) { return e.code }");
    CHECK_ANSWER(host.run(), "\"kv_quota\"");
    CHECK(host.data.usage("acme")->keys == 500);
    host.install("await kv.set('a', 1); return await kv.get('a')", {}, "ext", "globex");
    CHECK_ANSWER(host.run("", "ext", "globex"), "1");
  }

  TEST_CASE("kv hostile: more calls at once than may be pending") {
    KvHost host;
    host.store->hold(true, true);
    host.install(
        "const all = await Promise.allSettled(Array.from({ length: 100 }, "
        "(_, i) => kv.get('k' + i))); return all.length");
    host.start();
    REQUIRE(host.store->wait_held(64));
    host.store->let_go();
    REQUIRE(host.host.results.wait_for(1));
    CHECK_ANSWER(host.host.results.items().front(), "100");
  }

  TEST_CASE("kv hostile: values that grow by updates stop at the limit") {
    KvHost host;
    CHECK_ANSWER(
        host.does("let n = 0; try { for (;; n++) await kv.append('a', 'x'.repeat(10_000)) } "
                  "catch (e) { return [e.code, n < 20, e.message.includes('(kv_value)')] }"),
        R"(["kv_update",true,true])");
  }

  TEST_CASE("kv hostile: arguments that are none") {
    KvHost host;
    const std::vector<std::string> calls = {
        "kv.get()",
        "kv.get(null)",
        "kv.get({ toString: () => 'a' })",
        "kv.get('')",
        "kv.get('k'.repeat(1025))",
        "kv.get('\\ud800')",
        "kv.set('\\udfff', 1)",
        "kv.set('a')",
        "kv.set('a', 1, 5)",
        "kv.set('a', 1, { tll: 5 })",
        "kv.set('a', 1, { if: 'maybe' })",
        "kv.set('a', 1, { ifVersion: -1 })",
        "kv.set('a', 1, { if: 'absent', ifVersion: 5 })",
        "kv.increment('a', 1, { path: 5 })",
        "kv.increment(5, 1, null)",
        "kv.set('a', 1, { ifVersion: '1' })",
        "kv.set('a', 1, { ttl: 'soon' })",
        "kv.set('a', 1, { ttl: 1e300 })",
        "kv.delete('a', { ttl: 5 })",
        "kv.update('a')",
        "kv.update('a', [])",
        "kv.update('a', [{ op: 'divide', value: 1 }])",
        "kv.update('a', [{ op: 'set', path: 'no-slash', value: 1 }])",
        "kv.update('a', Array.from({ length: 65 }, () => ({ op: 'increment', value: 1 })))",
        "kv.getMany('a')",
        "kv.getMany(Array(2000).fill('a'))",
        "kv.list({ limit: 0 })",
        "kv.list({ limit: 1001 })",
        "kv.list({ cursor: '!' })",
        "kv.list({ cursor: 5 })",
        "kv.list({ prefix: 7 })",
        "kv.list({ surprise: 1 })",
        "kv.transaction().commit()",
        "kv.transaction().check('a').commit()",
        "kv.transaction().check('a', {}).commit()",
    };
    for (const std::string& call : calls) {
      CAPTURE(call);
      const auto result = host.does("try { await " + call +
                                    "; return 'accepted' } catch (e) { "
                                    "return e.code ?? e.name }");
      CHECK_MESSAGE((result.json == "\"kv_argument\"" || result.json == "\"kv_update\"" ||
                     result.json == "\"TypeError\""),
                    describe(result));
    }
    CHECK(host.data.usage("acme")->keys == 0);
  }

  TEST_CASE("kv hostile: a cursor that was made up shows nothing but the own space") {
    KvHost host;
    host.install("await kv.set('secret', 1)", {}, "victim");
    REQUIRE(host.run("", "victim").ok());
    REQUIRE(host.does("await kv.set('a', 1); await kv.set('z', 2)").ok());
    CHECK_ANSWER(
        host.does("const keys = async (text, o) => (await kv.list({ cursor: btoa(text), ...o }))"
                  ".entries.map((e) => e.key);"
                  "return [await keys('own/victim\\0'), await keys('\\xff\\xff'), await keys('a'), "
                  "await keys('zz', { prefix: 'a', reverse: true })]"),
        R"([["z"],[],["z"],["a"]])");
  }

  TEST_CASE("kv hostile: calls with names that are no operations") {
    KvHost host;
    CHECK_ANSWER(
        host.does(
            "const codes = []; for (const name of ['@crm', '@', 'x']) try { "
            "await kv.namespace(name + '\\u0000').get('a') } catch (e) { codes.push(e.code) } "
            "return codes"),
        R"(["kv_denied","kv_denied","kv_denied"])");
  }

  TEST_CASE("kv hostile: values that run code when they are read") {
    KvHost host;
    CHECK_ANSWER(
        host.does("let n = 0; const trap = { get a() { n++; return kv.set('inner', n); } };"
                  "await kv.set('outer', trap); return [await kv.get('outer'), n, "
                  "await kv.get('inner')]"),
        R"([{"a":{}},1,1])");
    CHECK_OUTCOME(host.does("const a = {}; a.a = a; await kv.set('a', a)"), Outcome::kException);
  }
}

}  // namespace sublet::scenario

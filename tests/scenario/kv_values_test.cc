// SPDX-License-Identifier: Apache-2.0
// What tenant code can do with kv.
#include "kv_support.h"

namespace sublet::scenario {

TEST_SUITE("kv") {
  TEST_CASE("kv: what was set is there, as it was, for later invocations") {
    KvHost host;
    host.install(
        "if (event.data) { await kv.set('v', event.data.value); return; }"
        "return await kv.get('v');");
    for (const std::string value :
         {"1", "-0.5", "true", "null", R"("text")", R"("\u0000 \ud83d\ude00 é")", "[]", "{}",
          R"({"__proto__":1,"a":[null,{"b":"c"}]})"}) {
      CAPTURE(value);
      CHECK_OUTCOME(host.run("{\"value\":" + value + "}"), Outcome::kOk);
      const InvocationResult result = host.run();
      CHECK(Json::parse(result.json) == Json::parse(value));
    }
  }

  TEST_CASE("kv: what is not there is undefined") {
    KvHost host;
    CHECK_ANSWER(host.does("return [await kv.get('a') === undefined, await kv.entry('a') === "
                           "undefined, (await kv.getMany(['a', 'b'])).length, "
                           "(await kv.delete('a')).existed]"),
                 "[true,true,2,false]");
  }

  TEST_CASE("kv: binary values") {
    KvHost host;
    CHECK_ANSWER(host.does("await kv.set('b', new Uint8Array([0, 255, 128]));"
                           "await kv.set('e', new Uint8Array());"
                           "await kv.set('buffer', new Uint8Array([1, 2]).buffer);"
                           "await kv.set('part', new Uint8Array([1, 2, 3, 4]).subarray(1, 3));"
                           "const b = await kv.get('b'), e = await kv.get('e');"
                           "const [x, p] = await kv.getMany(['buffer', 'part']);"
                           "const { entries } = await kv.list({ prefix: 'b' });"
                           "return [b instanceof Uint8Array, [...b], e.length, [...x], [...p], "
                           "[...entries[0].value], [...(await kv.entry('b')).value]]"),
                 "[true,[0,255,128],0,[1,2],[2,3],[0,255,128],[0,255,128]]");
    CHECK(host.stored("b") == std::string("\0\xff\x80", 3));
    CHECK_OUTCOME(host.does("await kv.set('b', new Float64Array(2))"), Outcome::kException);
  }

  TEST_CASE("kv: what cannot be a value is refused at once") {
    KvHost host;
    for (const std::string value : {"undefined", "() => 1", "Symbol()", "1n"}) {
      CAPTURE(value);
      const auto result = host.does("await kv.set('a', " + value + ")");
      CHECK_OUTCOME(result, Outcome::kException);
      CHECK(error_of(result).name == "TypeError");
    }
    CHECK(host.store->commits == 0);
  }

  TEST_CASE("kv: conditions") {
    KvHost host;
    CHECK_ANSWER(
        host.does("const r = []; const did = async (p) => r.push((await p).ok);"
                  "await did(kv.set('a', 1, { if: 'present' }));"
                  "await did(kv.set('a', 1, { if: 'absent' }));"
                  "await did(kv.set('a', 2, { if: 'absent' }));"
                  "const { version } = await kv.set('a', 3);"
                  "await did(kv.set('a', 4, { ifVersion: version }));"
                  "await did(kv.set('a', 5, { ifVersion: version }));"
                  "await did(kv.delete('a', { ifVersion: version }));"
                  "const lost = await kv.set('a', 6, { ifVersion: version });"
                  "const e = await kv.entry('a');"
                  "return [...r, e.value, lost.version === e.version, e.version > version]"),
        "[false,true,false,true,false,false,4,true,true]");
  }

  TEST_CASE("kv: time to live, by the store's clock") {
    KvHost host;
    host.install(
        "if (event.data) await kv.set('a', 1, { ttl: event.data }); "
        "const e = await kv.entry('a'); return e ? e.expiresAt - e.updatedAt : 'gone'");
    CHECK_ANSWER(host.run("1.5"), "1500");
    *host.now += 1499;
    CHECK_ANSWER(host.run(), "1500");
    *host.now += 1;
    CHECK_ANSWER(host.run(), "\"gone\"");
    const auto result = host.run("0.9");
    CHECK_OUTCOME(result, Outcome::kException);
    CHECK(error_of(result).message.find("ttl must be 1 to") != std::string::npos);
  }

  TEST_CASE("kv: updates in one call") {
    KvHost host;
    CHECK_ANSWER(host.does("return [await kv.increment('n'), await kv.increment('n', 2.5), "
                           "await kv.append('l', 'a'), await kv.append('l', 'b'), "
                           "await kv.union('s', [1, 2]), await kv.union('s', [2, 3]), "
                           "await kv.increment('o', 1, { path: '/a/b' }),"
                           "(await kv.update('o', [{ op: 'set', path: '/c', value: [1] }, "
                           "{ op: 'remove', path: '/a' }])).value]"),
                 R"([1,3.5,["a"],["a","b"],[1,2],[1,2,3],{"a":{"b":1}},{"c":[1]}])");
    const auto result = host.does("await kv.increment('l')");
    CHECK_OUTCOME(result, Outcome::kException);
    CHECK(error_of(result).message.find("kv.update \"l\"") != std::string::npos);
  }

  TEST_CASE("kv: increments of invocations at the same time all count") {
    KvHost host;
    host.install("await kv.increment('n')");
    for (int i = 0; i < 50; ++i) host.start();
    REQUIRE(host.host.results.wait_for(50));
    CHECK(host.stored("n") == "50");
  }

  TEST_CASE("kv: lists by prefix, in pages, both ways") {
    KvHost host;
    CHECK_ANSWER(
        host.does(
            "for (const k of ['b2', 'a', 'b1', 'b3', 'c']) await kv.set(k, k + '!');"
            "const keys = (p) => p.entries.map((e) => e.key);"
            "const one = await kv.list({ prefix: 'b', limit: 2 });"
            "await kv.delete('b2');"
            "const two = await kv.list({ prefix: 'b', limit: 2, cursor: one.cursor });"
            "const back = await kv.list({ reverse: true, limit: 2, keysOnly: true });"
            "const all = []; for await (const e of kv.entries({ limit: 1 })) all.push(e.value);"
            "return [keys(one), keys(two), two.cursor === undefined, keys(back), "
            "'value' in back.entries[0], all]"),
        R"([["b1","b2"],["b3"],true,["c","b3"],false,["a!","b1!","b3!","c!"]])");
  }

  TEST_CASE("kv: transactions are all or nothing") {
    KvHost host;
    CHECK_ANSWER(
        host.does("const { version } = await kv.set('a', 1);"
                  "const won = await kv.transaction().check('a', { ifVersion: version })"
                  ".set('a', 2).set('b', new Uint8Array([7])).update('n', [{ op: 'increment', "
                  "value: 1 }]).delete('x').commit();"
                  "const lost = await kv.transaction().check('a', { ifVersion: version })"
                  ".set('b', 'no').commit();"
                  "return [won.ok, lost.ok, lost.key, lost.version === won.version, "
                  "await kv.get('a'), [...await kv.get('b')], await kv.get('n')]"),
        R"([true,false,"a",true,2,[7],1])");
    CHECK_OUTCOME(
        host.does("const t = kv.transaction().set('a', 1); await t.commit(); t.set('b', 2)"),
        Outcome::kException);
    CHECK_OUTCOME(host.does("await kv.transaction().set('a', 1).delete('a').commit()"),
                  Outcome::kException);
  }

  TEST_CASE("kv: calls take effect in their order, awaited or not") {
    KvHost host;
    host.store->hold(true, true);
    host.install(
        "kv.set('b', 3); kv.set('a', 1); kv.set('a', 2); const a = kv.get('a'); kv.set('a', 4); "
        "const list = kv.list(); kv.delete('a'); const gone = kv.get('a');"
        "return [await a, await gone ?? null, (await list).entries.map((e) => e.value)]");
    host.start();
    // Two keys are written side by side; each of the others waits for the one before it.
    REQUIRE(host.store->wait_held(2));
    for (int call = 0; call < 7; ++call) {
      host.store->answer_one();
      REQUIRE(host.store->wait_held(1));
      CHECK(host.store->held() == 1);
    }
    host.store->let_go();
    REQUIRE(host.host.results.wait_for(1));
    CHECK_ANSWER(host.host.results.items().front(), R"([2,null,[4,3]])");
    CHECK(host.store->commits == 5);
  }

  TEST_CASE("kv: a long queue for one key is no deep stack") {
    TenantPolicy policy = KvHost::ample_kv_policy();
    policy.limits.pending_host_calls = 10'000;
    KvHost host(std::move(policy));
    host.store->hold(false, true);
    host.install(
        "for (let i = 0; i < 9000; i++) kv.increment('n');"
        "return await kv.increment('n')");
    host.start();
    REQUIRE(host.store->wait_held(1));
    host.store->let_go();
    REQUIRE(host.host.results.wait_for(1));
    CHECK_ANSWER(host.host.results.items().front(), "9001");
  }

  TEST_CASE("kv: usage is visible to the tenant and in the record") {
    KvHost host;
    const auto result = host.does(
        "await kv.set('abc', 12345); await kv.get('abc'); await kv.list();"
        "const before = limits.remaining().kvOperations; const u = await kv.usage();"
        "return [u.keys, u.bytes, u.maxKeys, before, u.operationsLeft]");
    CHECK_ANSWER(result, "[1,8,100000,99997,99996]");
    CHECK(result.usage.kv_reads == 3);
    CHECK(result.usage.kv_writes == 1);
    CHECK(result.usage.kv_bytes_written.count == 8);
    CHECK(result.usage.kv_bytes_read.count == 16);
  }

  TEST_CASE("kv: nobody can change it, and it works in a frozen realm") {
    KvHost host;
    CHECK_ANSWER(host.does("let n = 0; for (const name of Object.keys(kv)) { "
                           "try { kv[name] = 1; } catch { n++; } "
                           "try { kv[name].x = 1; } catch { n++; } } "
                           "return n === 2 * Object.keys(kv).length && Object.isFrozen(kv)"),
                 "true");
    CHECK_ANSWER(host.does("await kv.set('a', 1); await kv.append('l', 2); "
                           "return [await kv.get('a'), (await kv.list()).entries.length]",
                           {{"realm", "frozen"}}),
                 "[1,2]");
  }

  TEST_CASE("kv: tenant code that changed the language's own functions hurts only itself") {
    KvHost host;
    CHECK_ANSWER(host.does("JSON.stringify = () => '[\"stolen\"]'; Promise.prototype.then = null; "
                           "Array.prototype.push = null; await kv.set('a', 1); "
                           "return await kv.get('a')"),
                 "1");
    const auto result =
        host.does("Array.prototype.toJSON = () => ({ a: 1 }); await kv.set('b', 1)");
    CHECK_OUTCOME(result, Outcome::kException);
    CHECK(error_of(result).message.find("the arguments must be an array") != std::string::npos);
  }

  TEST_CASE("kv: what waits when its invocation ends is not begun after the next attempt") {
    KvHost host;
    host.install("kv.set('a', 1); kv.set('a', 2); kv.set('b', 1); await kv.set('c', 1)");
    host.store->hold(false, true);
    CHECK_OUTCOME(host.cancel_when_held(), Outcome::kCanceled);
    host.store->let_go();
    CHECK(host.store->commits == 1);
    CHECK(host.stored("a") == "1");
    CHECK(host.stored("b") == "(absent)");
  }

  TEST_CASE("kv: a key may be asked for many times in one call") {
    KvHost host;
    CHECK_ANSWER(host.does("await kv.set('a', 1); return await kv.getMany(['a', 'b', 'a'])"),
                 "[1,null,1]");
    CHECK_ANSWER(
        host.does("await kv.set('b', 2); return await kv.getMany(['b', 'a', 'x', 'b', 'a'])",
                  kTransactional),
        "[2,1,null,2,1]");
    CHECK_ANSWER(host.does("await kv.set('big', 'x'.repeat(1e5)); try { "
                           "await kv.getMany(Array(50).fill('big')) } catch (e) { return e.code }"),
                 "\"kv_limit\"");
  }
}

}  // namespace sublet::scenario

// SPDX-License-Identifier: Apache-2.0
// kv: "transactional": what an invocation writes takes effect with its success, or not at all.
#include "kv_support.h"

namespace sublet::scenario {

TEST_SUITE("kv") {
  TEST_CASE("kv transactional: writes are committed together, after success") {
    KvHost host;
    CHECK_ANSWER(host.does("await kv.set('a', 1); await kv.set('b', 2); await kv.increment('n');"
                           "await kv.delete('x'); return 'done'",
                           kTransactional),
                 "\"done\"");
    CHECK(host.store->commits == 1);
    CHECK(host.stored("a") + host.stored("b") + host.stored("n") == "121");
    CHECK_ANSWER(host.does("return await kv.get('a')", kTransactional), "1");
    CHECK(host.store->commits == 1);
  }

  TEST_CASE("kv transactional: no outcome but ok commits") {
    KvHost host;
    CHECK_OUTCOME(host.does("await kv.set('a', 1); throw new Error('late')", kTransactional),
                  Outcome::kException);
    CHECK_OUTCOME(host.does("await kv.set('a', 1); return 1n", kTransactional),
                  Outcome::kInvalidResult);
    CHECK_OUTCOME(host.does("await kv.set('a', 1); await new Promise(() => {})", kTransactional),
                  Outcome::kException);
    CHECK_OUTCOME(
        host.does("await kv.set('a', 1); return { toJSON() { throw 1 } }", kTransactional),
        Outcome::kInvalidResult);
    CHECK(host.store->commits == 0);
    CHECK(host.stored("a") == "(absent)");
  }

  TEST_CASE("kv transactional: what a limit ends is not committed") {
    auto policy = KvHost::ample_kv_policy();
    policy.limits.cpu_time = 50ms;
    KvHost host(policy);
    CHECK_OUTCOME(host.does("await kv.set('a', 1); for (;;) ;", kTransactional),
                  Outcome::kExceededCpu);
    CHECK(host.stored("a") == "(absent)");
  }

  TEST_CASE("kv transactional: an invocation reads what it wrote") {
    KvHost host;
    REQUIRE(host.does("await kv.set('p1', 'old'); await kv.set('p2', 'two'); "
                      "await kv.set('p4', 'four'); await kv.set('p5', 'five')")
                .ok());
    CHECK_ANSWER(
        host.does("await kv.set('p1', 'new'); await kv.delete('p2'); await kv.set('p3', 'three');"
                  "await kv.append('l', 1); await kv.append('l', 2);"
                  "const page = async (o) => { const p = await kv.list({ prefix: 'p', ...o }); "
                  "return [p.entries.map((e) => e.value ?? e.key), p.cursor]; };"
                  "const [first, cursor] = await page({ limit: 2 });"
                  "const [second] = await page({ cursor });"
                  "return [await kv.get('p1'), await kv.get('p2') ?? null, "
                  "(await kv.getMany(['p3', 'p4'])), await kv.get('l'), "
                  "(await kv.set('p3', 1, { if: 'absent' })).ok, "
                  "(await kv.set('p2', 1, { if: 'present' })).ok, "
                  "(await page())[0], (await page({ reverse: true, keysOnly: true }))[0], "
                  "first, second]",
                  kTransactional),
        R"(["new",null,["three","four"],[1,2],false,false,["new","three","four","five"],)"
        R"(["p5","p4","p3","p1"],["new"],["three","four","five"]])");
  }

  TEST_CASE("kv transactional: pages of the store with many own removals still end") {
    KvHost host;
    REQUIRE(host.does("for (let i = 10; i < 40; i++) await kv.set('k' + i, i)").ok());
    CHECK_ANSWER(host.does("for (let i = 10; i < 39; i++) await kv.delete('k' + i);"
                           "await kv.set('k2', 'own'); await kv.set('k99', 'last');"
                           "const all = []; for await (const e of kv.entries({ limit: 3 })) "
                           "all.push(e.value); return all",
                           kTransactional),
                 R"(["own",39,"last"])");
  }

  TEST_CASE("kv transactional: an entry that was read and then written must not have changed") {
    KvHost host;
    host.install(
        "const n = await kv.get('n') ?? 0; await kv.set('n', n + 1); "
        "await kv.set('other', n);",
        kTransactional);
    REQUIRE(host.run().ok());
    host.store->hold(false, true);
    host.start();
    REQUIRE(host.store->wait_held(1));
    host.store->hold(false, false);
    REQUIRE(host.run().ok());
    host.store->let_go();
    REQUIRE(host.host.results.wait_for(1));
    const auto lost = host.host.results.items().front();
    CHECK_OUTCOME(lost, Outcome::kException);
    CHECK(error_of(lost).message.find(
              "was changed while the invocation ran; nothing was written") != std::string::npos);
    CHECK(host.stored("n") == "2");
    CHECK(host.stored("other") == "1");
  }

  TEST_CASE("kv transactional: entries that are only read, or only written, do not conflict") {
    KvHost host;
    host.install("await kv.get('read'); await kv.set('written', event.data)", kTransactional);
    host.store->hold(false, true);
    host.host.start({.tenant = "acme", .event = "run", .payload = "1"});
    REQUIRE(host.store->wait_held(1));
    host.store->hold(false, false);
    REQUIRE(host.data.put("acme", {"own/ext", "read"}, {KeyValueType::kJson, "1"}).has_value());
    REQUIRE(host.data.put("acme", {"own/ext", "written"}, {KeyValueType::kJson, "0"}).has_value());
    host.store->let_go();
    REQUIRE(host.host.results.wait_for(1));
    CHECK_OUTCOME(host.host.results.items().front(), Outcome::kOk);
    CHECK(host.stored("written") == "1");
  }

  TEST_CASE("kv transactional: the worker serves others while a commit is under way") {
    KvHost host;
    host.install("await kv.set('a', 1); return 'late'", kTransactional, "slow");
    host.install("return 'quick'", {}, "quick");
    host.store->hold(false, true);
    for (int i = 0; i < 4; ++i) {
      host.start("slow");
    }
    REQUIRE(host.store->wait_held(4));
    CHECK_ANSWER(host.run("", "quick"), "\"quick\"");
    host.store->let_go();
    REQUIRE(host.host.results.wait_for(4));
    for (const auto& result : host.host.results.items()) CHECK_ANSWER(result, "\"late\"");
  }

  TEST_CASE(
      "kv transactional: a commit that does not come is ended by the wall limit, and says so") {
    auto policy = KvHost::ample_kv_policy();
    policy.limits.wall_time = 200ms;
    KvHost host(policy);
    host.install("await kv.set('a', 1); return 'done'", kTransactional);
    host.store->hold(false, true);
    const auto result = host.run();
    CHECK_OUTCOME(result, Outcome::kExceededWallTime);
    CHECK(result.json.empty());
    CHECK(error_of(result).message.find("not known") != std::string::npos);
    host.store->let_go();
    CHECK(host.host.observer.finished.items().size() == 1);
  }

  TEST_CASE("kv transactional: canceled while it commits") {
    KvHost host;
    host.install("await kv.set('a', 1); return 'done'", kTransactional);
    host.store->hold(false, true);
    CHECK_OUTCOME(host.cancel_when_held(), Outcome::kCanceled);
    host.store->let_go();
    CHECK(host.host.observer.finished.items().size() == 1);
  }

  TEST_CASE("kv transactional: another invocation's memory limit takes no commit along") {
    auto policy = KvHost::ample_kv_policy();
    policy.limits.heap = Bytes::mebibytes(16);
    KvHost host(policy);
    host.install("await kv.set('a', 1); return 'done'", kTransactional, "writer");
    host.install("const a = []; for (;;) a.push(new Array(1000).fill(1.5))", {}, "eater");
    host.store->hold(false, true);
    host.start("writer");
    REQUIRE(host.store->wait_held(1));
    CHECK_OUTCOME(host.run("", "eater"), Outcome::kExceededMemory);
    host.store->let_go();
    REQUIRE(host.host.results.wait_for(1));
    CHECK_ANSWER(host.host.results.items().front(), "\"done\"");
    CHECK(host.stored("a", "own/writer") == "1");
  }

  TEST_CASE("kv transactional: writes that nobody awaited are part of it, in their order") {
    KvHost host;
    host.store->hold(true, false);
    host.install("kv.increment('n', 5); kv.set('n', 1); kv.increment('n', 2); return 'done'",
                 kTransactional);
    host.start();
    REQUIRE(host.store->wait_held(1));
    host.store->let_go();
    REQUIRE(host.host.results.wait_for(1));
    CHECK_ANSWER(host.host.results.items().front(), "\"done\"");
    CHECK(host.stored("n") == "3");
    CHECK(host.store->commits == 1);
  }

  TEST_CASE("kv transactional: quotas hold at the commit") {
    auto policy = KvHost::ample_kv_policy();
    policy.kv.keys = 1;
    KvHost host(policy);
    const auto result = host.does("await kv.set('a', 1); await kv.set('b', 1)", kTransactional);
    CHECK_OUTCOME(result, Outcome::kException);
    CHECK(error_of(result).message.find("quota of 1 keys") != std::string::npos);
    CHECK(host.stored("a") == "(absent)");
  }

  TEST_CASE("kv transactional: at most so many entries as a commit takes") {
    KvHost host;
    CHECK_ANSWER(host.does("let n = 0; try { for (;; n++) await kv.set('k' + n, n) } catch (e) { "
                           "return [n, e.code] }",
                           kTransactional),
                 R"([256,"kv_limit"])");
  }

  TEST_CASE("kv transactional: what a transaction checked must be so when all is committed") {
    KvHost host;
    const KeyValueKey lock{"own/ext", "lock"};
    REQUIRE(host.data.put("acme", lock, {KeyValueType::kJson, "1"}).has_value());
    host.install(
        "const { version } = await kv.entry('lock');"
        "await kv.transaction().check('lock', { ifVersion: version }).set('x', 1).commit()",
        kTransactional);
    host.store->hold(false, true);
    host.start();
    REQUIRE(host.store->wait_held(1));
    host.store->hold(false, false);
    REQUIRE(host.data.put("acme", lock, {KeyValueType::kJson, "2"}).has_value());
    host.store->let_go();
    REQUIRE(host.host.results.wait_for(1));
    CHECK(error_of(host.host.results.items().front()).message.find("\"lock\"") !=
          std::string::npos);
    CHECK(host.stored("x") == "(absent)");
    CHECK(host.run().ok());
    CHECK(host.stored("x") == "1");
  }

  TEST_CASE("kv transactional: a list does not show what lies under an own write") {
    KvHost host;
    const KeyValueKey a{"own/ext", "a"};
    REQUIRE(host.data.put("acme", a, {KeyValueType::kJson, "0"}).has_value());
    host.install("await kv.set('a', 1); return (await kv.list()).entries.length", kTransactional);
    host.store->hold(false, true);
    host.start();
    REQUIRE(host.store->wait_held(1));
    host.store->hold(false, false);
    REQUIRE(host.data.put("acme", a, {KeyValueType::kJson, "2"}).has_value());
    host.store->let_go();
    REQUIRE(host.host.results.wait_for(1));
    CHECK_ANSWER(host.host.results.items().front(), "1");
    CHECK(host.stored("a") == "1");
  }

  TEST_CASE("kv transactional: a delete says what was there where that is known") {
    KvHost host;
    CHECK_ANSWER(host.does("await kv.set('a', 1); await kv.get('b'); const all = [];"
                           "for (const key of ['a', 'a', 'b', 'c']) "
                           "all.push((await kv.delete(key)).existed ?? null); return all",
                           kTransactional),
                 "[true,false,false,null]");
  }

  TEST_CASE("kv transactional: more than so many entries are not seen") {
    KvHost host;
    for (int i = 0; i < 16'400; ++i) {
      const KeyValueKey at{"own/ext", "k" + std::to_string(i)};
      REQUIRE(host.data.put("acme", at, {KeyValueType::kJson, "1"}).has_value());
    }
    const std::string count =
        "let n = 0; for await (const e of kv.entries({ limit: 1000, keysOnly: true })) n++; "
        "return n";
    CHECK_ANSWER(host.does(count), "16400");
    const auto result = host.does(count, kTransactional);
    CHECK_OUTCOME(result, Outcome::kException);
    CHECK(error_of(result).message.find("may see 16384 entries") != std::string::npos);
  }

  TEST_CASE("kv transactional: a commit that waits when the invocation ends is not made") {
    KvHost host;
    host.install("kv.increment('n'); kv.set('a', 1); return 'done'", kTransactional);
    host.store->hold(true, false);
    CHECK_OUTCOME(host.cancel_when_held(), Outcome::kCanceled);
    host.store->let_go();
    CHECK(host.store->commits == 0);
    CHECK(host.stored("a") == "(absent)");
  }

  TEST_CASE("kv transactional: the wall limit may pass while the store takes the commit") {
    auto policy = KvHost::ample_kv_policy();
    policy.limits.wall_time = 300ms;
    KvHost host(policy);
    // The first await makes the timer, which then goes off while nothing awaits.
    host.install("await kv.get('a'); await kv.set('a', 1)", kTransactional);
    host.store->hold(true, true);
    const auto late = std::chrono::steady_clock::now() + 400ms;
    host.store->on_commit = [late] { std::this_thread::sleep_until(late); };
    host.start();
    REQUIRE(host.store->wait_held(1));
    host.store->answer_one();
    REQUIRE(host.host.results.wait_for(1));
    CHECK_OUTCOME(host.host.results.items().front(), Outcome::kExceededWallTime);
    host.store->let_go();
  }
}

}  // namespace sublet::scenario

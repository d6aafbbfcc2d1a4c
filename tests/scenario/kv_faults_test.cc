// SPDX-License-Identifier: Apache-2.0
// A store that is slow, gone, or wrong.
#include "kv_support.h"

namespace sublet::scenario {

TEST_SUITE("kv") {
  TEST_CASE("kv faults: without a store every call rejects, with its code") {
    TestHost host(KvHost::ample_kv_policy());
    host.install(
        "export const run = async (e, { kv }) => { const codes = []; for (const call of "
        "[() => kv.get('a'), () => kv.set('a', 1), () => kv.list(), () => kv.usage()]) "
        "try { await call() } catch (e) { codes.push(e.code) } return codes };");
    CHECK_ANSWER(host.run(),
                 R"(["kv_unavailable","kv_unavailable","kv_unavailable","kv_unavailable"])");
    CHECK(host->key_value_store() == nullptr);
  }

  TEST_CASE("kv faults: each error has its code; what the store said is for the host alone") {
    KvHost host;
    host.install(
        "const e = await kv.set('a', 1).catch((e) => e); "
        "return [e instanceof Error, e.code, e.message]");
    const std::vector<std::pair<ErrorCode, std::string>> cases = {
        {ErrorCode::kUnavailable, "kv_unavailable"},
        {ErrorCode::kIndeterminate, "kv_indeterminate"},
        {ErrorCode::kResourceExhausted, "kv_full"},
        {ErrorCode::kInternal, "kv_internal"}};
    for (const auto& [code, name] : cases) {
      CAPTURE(name);
      host.store->fail_with(Error{code, "db.internal:5432 said no"});
      const auto result = host.run();
      CHECK_OUTCOME(result, Outcome::kOk);
      const Json answer = Json::parse(result.json);
      CHECK(answer[0] == true);
      CHECK(answer[1] == name);
      CHECK(answer[2].get<std::string>().find("db.internal") == std::string::npos);
      const auto told = host.host.observer.errors.take();
      REQUIRE(told.size() == 1);
      CHECK(told[0] == "kv: tenant acme, kv.set \"a\": db.internal:5432 said no");
    }
    host.store->fail_with(std::nullopt);
    CHECK_ANSWER(host.does("await kv.set('a', 1); return await kv.get('a')"), "1");
  }

  TEST_CASE("kv faults: uncaught, the invocation ends as an exception, which is retried") {
    KvHost host;
    host.store->fail_with(Error{ErrorCode::kUnavailable, "gone"});
    for (const Json& more : {Json::object(), kTransactional}) {
      const auto result = host.does("await kv.set('a', 1); return 1", more);
      CHECK_OUTCOME(result, Outcome::kException);
      CHECK(is_retried_by_default(result.outcome));
    }
    host.host.observer.errors.take();
  }

  TEST_CASE("kv faults: a slow store holds no worker, and the wall limit holds") {
    auto policy = KvHost::ample_kv_policy();
    policy.limits.wall_time = 300ms;
    KvHost host(policy);
    host.install("return await kv.get('a') ?? 'none'", {}, "slow");
    host.install("return 'quick'", {}, "quick");
    host.store->hold(true, false);
    for (int i = 0; i < 8; ++i) {
      host.start("slow");
    }
    REQUIRE(host.store->wait_held(8));
    CHECK_ANSWER(host.run("", "quick"), "\"quick\"");
    REQUIRE(host.host.results.wait_for(8));
    for (const auto& result : host.host.results.take()) {
      CHECK_OUTCOME(result, Outcome::kExceededWallTime);
    }
    host.store->let_go();  // answers that nobody waits for
    CHECK_ANSWER(host.run("", "slow"), "\"none\"");
  }

  TEST_CASE("kv faults: a store that answers when the host is gone") {
    auto store = std::make_shared<MoodyStore>();
    store->fail_with(Error{ErrorCode::kUnavailable, "late"});
    {
      HostOptions options = TestHost::two_workers();
      options.key_value_store = store;
      auto policy = KvHost::ample_kv_policy();
      policy.limits.wall_time = 200ms;
      TestHost host(policy, options);
      host.install("export const run = async (e, { kv }) => { await kv.set('a', 1) };");
      store->hold(false, true);
      CHECK_OUTCOME(host.run(), Outcome::kExceededWallTime);
    }
    store->let_go();
  }

  TEST_CASE("kv faults: values that no store of ours would give") {
    KvHost host;
    REQUIRE(host.data.put("acme", {"own/ext", "a"}, {KeyValueType::kJson, "{no json"}).has_value());
    REQUIRE(host.data.put("acme", {"own/ext", "\xff key"}, {KeyValueType::kJson, "1"}).has_value());
    CHECK_ANSWER(host.does("const e = await kv.get('a').catch((e) => e); return e.message"),
                 "\"the host's answer could not be read\"");
    CHECK_ANSWER(host.does("await kv.delete('a'); return (await kv.list()).entries.length"), "1");
  }
}

}  // namespace sublet::scenario

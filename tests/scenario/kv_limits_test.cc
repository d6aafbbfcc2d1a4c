// SPDX-License-Identifier: Apache-2.0
// What the policy says about kv.
#include "kv_support.h"

namespace sublet::scenario {
namespace {

bool mentions(const InvocationResult& result, std::string_view text) {
  return error_of(result).message.find(text) != std::string::npos;
}

TenantPolicy with(const std::function<void(TenantPolicy&)>& change) {
  TenantPolicy policy = KvHost::ample_kv_policy();
  change(policy);
  return policy;
}

TenantPolicy dry(TenantPolicy policy, Limit limit) {
  policy.limits.dry_run |= static_cast<LimitSet>(limit);
  return policy;
}

// Tells what it is told about quotas.
struct QuotaObserver final : RecordingObserver {
  void quota_neared(std::string_view tenant, Limit limit, std::uint64_t used,
                    std::uint64_t quota) override {
    neared.add(std::string(tenant) + (limit == Limit::kKvKeys ? " keys " : " bytes ") +
               std::to_string(used) + "/" + std::to_string(quota));
  }
  Collector<std::string> neared;
};

}  // namespace

TEST_SUITE("kv") {
  TEST_CASE("kv limits: sizes, to the byte, with key and limit in the message") {
    const auto policy = with([](TenantPolicy& p) {
      p.limits.kv_key = Bytes{4};
      p.limits.kv_value = Bytes{5};
    });
    KvHost host(policy);
    CHECK_OUTCOME(host.does("await kv.set('éé', 'abc')"), Outcome::kOk);
    const auto key = host.does("await kv.get('abcde')");
    CHECK(
        mentions(key, "kv.get \"abcde\": the key has 5 bytes, more than the limit of 4 (kv_key)"));
    const auto value = host.does("await kv.set('k', 'abcd')");
    CHECK(mentions(value,
                   "kv.set \"k\": the value has 6 bytes, more than the limit of 5 (kv_value)"));
    const auto update = host.does("await kv.append('éé', 'd')");
    CHECK(mentions(update, "(kv_value)"));
    CHECK_ANSWER(host.does("try { await kv.set('k', 'abcd') } catch (e) { return e.code }"),
                 "\"kv_limit\"");
    CHECK((value.usage.limits_exceeded & static_cast<LimitSet>(Limit::kKvValue)) != 0);
  }

  TEST_CASE("kv limits: in dry run they are reported and not enforced") {
    auto policy = with([](TenantPolicy& p) {
      p.limits.kv_key = Bytes{1};
      p.limits.kv_value = Bytes{1};
      p.limits.kv_operations = 0;
      p.kv.rate = {1, std::chrono::hours(24), 1};
      p.kv.keys = 0;
      p.kv.bytes = Bytes{0};
    });
    for (const Limit limit : {Limit::kKvKey, Limit::kKvValue, Limit::kKvOperations, Limit::kKvRate,
                              Limit::kKvKeys, Limit::kKvBytes}) {
      policy = dry(policy, limit);
    }
    KvHost host(policy);
    const auto result = host.does("await kv.set('key', 'value'); return await kv.get('key')");
    CHECK_ANSWER(result, "\"value\"");
    for (const Limit limit : {Limit::kKvKey, Limit::kKvValue, Limit::kKvOperations, Limit::kKvRate,
                              Limit::kKvKeys, Limit::kKvBytes}) {
      CAPTURE(static_cast<std::uint32_t>(limit));
      CHECK(contains(result.usage.limits_exceeded, limit));
    }
    std::size_t told = 0;
    for (const auto& reached : host.host.observer.reached.items()) {
      told += reached.enforcement == Enforcement::kDryRun ? 1 : 0;
    }
    CHECK(told == 6);
  }

  TEST_CASE("kv limits: operations of an invocation") {
    KvHost host(with([](TenantPolicy& p) { p.limits.kv_operations = 3; }));
    CHECK_OUTCOME(host.does("await kv.getMany(['a', 'b']); await kv.set('c', 1)"), Outcome::kOk);
    CHECK_OUTCOME(host.does("await kv.getMany(['a', 'b']); await kv.getMany(['a', 'b'])"),
                  Outcome::kExceededHostCalls);
    CHECK_ANSWER(host.does("for (let i = 0; i < 3; i++) await kv.get('a');"
                           "try { await kv.get('a') } catch (e) { return e.message }"),
                 R"x("kv.get \"a\": the limit of 3 operations in an invocation is reached )x"
                 R"x((kv_operations)")x");
    CHECK_OUTCOME(host.does("await kv.get('a')", {{"limits", {{"kv_operations", 0}}}}),
                  Outcome::kExceededHostCalls);
  }

  TEST_CASE("kv limits: the tenant's rate, over all its extensions") {
    KvHost host(with([](TenantPolicy& p) { p.kv.rate = {4, std::chrono::hours(24), 4}; }));
    host.install("await kv.set('a', 1); await kv.get('a')", {}, "one");
    host.install("await kv.set('a', 1); await kv.get('a')", {}, "two");
    CHECK_OUTCOME(host.run("", "one"), Outcome::kOk);
    CHECK_OUTCOME(host.run("", "two"), Outcome::kOk);
    const auto result = host.run("", "one");
    CHECK_OUTCOME(result, Outcome::kThrottled);
    CHECK(mentions(result, "(kv.rate)"));
    host.install("await kv.get('a')", {}, "one", "globex");
    CHECK_OUTCOME(host.run("", "one", "globex"), Outcome::kOk);
  }

  TEST_CASE("kv limits: quotas of keys and bytes") {
    KvHost host(with([](TenantPolicy& p) {
      p.kv.keys = 2;
      p.kv.bytes = Bytes{20};
    }));
    CHECK_OUTCOME(host.does("await kv.set('a', 1); await kv.set('b', 2)"), Outcome::kOk);
    const auto keys = host.does("await kv.set('c', 3)");
    CHECK(mentions(keys, "kv.set \"c\": the tenant's quota of 2 keys is used up (kv.keys)"));
    const auto bytes = host.does("await kv.set('a', '12345678901234567')");
    CHECK(mentions(bytes, "quota of 20 bytes"));
    CHECK_ANSWER(host.does("try { await kv.set('c', 3) } catch (e) { "
                           "await kv.delete('a'); await kv.set('c', 4); return e.code }"),
                 "\"kv_quota\"");
  }

  TEST_CASE("kv limits: the host is told before a quota is used up, once") {
    QuotaObserver observer;
    auto store = std::make_shared<MemoryKeyValueStore>();
    HostOptions options;
    options.workers = 1;
    options.observer = &observer;
    options.key_value_store = store;
    options.sandbox_helper = SUBLET_TEST_HELPER;
    options.default_policy = with([](TenantPolicy& p) { p.kv.keys = 10; });
    auto host = ExtensionHost::create(options);
    REQUIRE(host.has_value());
    CHECK((*host)->key_value_store() == store);
    const std::string code =
        "export const run = async (event, { kv }) => { for (const k of event.data.drop ?? []) "
        "await kv.delete(k); for (const k of event.data.set ?? []) await kv.set(k, 1); };";
    REQUIRE((*host)->install("acme", make_bundle(code)).has_value());
    const auto run = [&](const char* payload) {
      CHECK_OUTCOME((*host)->invoke({.tenant = "acme", .event = "run", .payload = payload}).value(),
                    Outcome::kOk);
    };
    run(R"({"set":["1","2","3","4","5","6","7","8","9"]})");
    CHECK(observer.neared.items().empty());
    run(R"({"set":["10"]})");
    CHECK(observer.neared.items() == std::vector<std::string>{"acme keys 10/10"});
    run(R"({"drop":["10"],"set":["11"]})");
    CHECK(observer.neared.items().size() == 1);
    run(R"({"drop":["1","2","3","4"]})");
    run(R"({"set":["1","2","3","4"]})");
    CHECK(observer.neared.items().size() == 2);
  }

  TEST_CASE("kv limits: values are as deep as payloads may be") {
    KvHost host(with([](TenantPolicy& p) { p.limits.payload_depth = 3; }));
    CHECK_OUTCOME(host.does("await kv.set('a', [[[1]]])"), Outcome::kOk);
    CHECK(mentions(host.does("await kv.set('a', [[[[1]]]])"), "(payload_depth)"));
    CHECK(mentions(host.does("await kv.append('a', [[1]], { path: '/0' })"), "(payload_depth)"));
  }

  TEST_CASE("kv limits: an answer that is larger than a result may be is refused") {
    KvHost host(with([](TenantPolicy& p) { p.limits.result = Bytes::kibibytes(4); }));
    CHECK_ANSWER(
        host.does("for (let i = 0; i < 10; i++) await kv.set('k' + i, 'x'.repeat(1000));"
                  "let pages = 0, keys = 0, cursor; do { const p = await kv.list({ cursor }); "
                  "pages++; keys += p.entries.length; cursor = p.cursor; } while (cursor);"
                  "try { await kv.getMany(['k1','k2','k3','k4','k5']) } catch (e) { "
                  "return [pages > 2, keys, e.code] }"),
        R"([true,10,"kv_limit"])");
  }

  TEST_CASE("kv limits: an update counts as what it does, and its operands as a value") {
    const auto policy = with([](TenantPolicy& p) {
      p.limits.kv_operations = 3;
      p.limits.kv_value = Bytes{64};
    });
    KvHost host(policy);
    const std::string four = "await kv.update('k', Array(4).fill({ op: 'append', value: 1 }))";
    CHECK(mentions(host.does(four), "kv.update \"k\": the limit of 3 operations"));
    CHECK(mentions(host.does("await kv.append('k', 'x'.repeat(63))"),
                   "kv.update \"k\": the update has 65 bytes, more than the limit of 64 "
                   "(kv_value)"));
    CHECK(mentions(host.does("await kv.update('k', [{ op: 'set', path: '/' + 'a'.repeat(40), "
                             "value: 'x'.repeat(30) }])"),
                   "the update has 73 bytes"));
    CHECK(host.stored("k") == "(absent)");
  }

  TEST_CASE("kv limits: more at once than the rate ever allows is no matter of waiting") {
    const auto policy = with([](TenantPolicy& p) { p.kv.rate = {1000, 1s, 2}; });
    KvHost host(policy);
    const auto result = host.does("await kv.getMany(['a', 'b', 'c'])");
    CHECK_OUTCOME(result, Outcome::kException);
    CHECK(mentions(result, "3 operations are more than the tenant's rate allows at once, 2"));
    CHECK(host.does("await kv.getMany(['a', 'b'])").ok());
  }
}

}  // namespace sublet::scenario

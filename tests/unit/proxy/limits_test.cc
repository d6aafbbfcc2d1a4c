// SPDX-License-Identifier: Apache-2.0
#include "proxy_fixture.h"

namespace sublet::test {
namespace {

namespace codes = proxy::codes;

struct BreakerFixture : ProxyFixture {
  BreakerFixture() {
    access.policy.breaker.minimum_calls = 2;
    access.policy.breaker.failure_ratio = 1;
    access.policy.breaker.open_jitter = 0;
    access.policy.breaker.successes_to_close = 1;
    setup.origin_breaker = access.policy.breaker;
    setup.origin_breaker.minimum_calls = 4;
  }
  void fail_times(int count) {
    always(response(500));
    for (int i = 0; i < count; ++i) CHECK(ask().status == 500);
  }
};

TEST_CASE_FIXTURE(ProxyFixture, "each of the three rates holds") {
  always(response(200));
  const Rate two{2, std::chrono::seconds(10), 2};
  std::string_view which;
  SUBCASE("tenant") {
    access.policy.rate = two;
    which = "this tenant";
  }
  SUBCASE("extension") {
    access.policy.extension_rate = two;
    which = "this extension";
  }
  SUBCASE("origin") {
    access.policy.origin_rate = two;
    which = "this origin";
  }
  CHECK(code(ask()) == "");
  CHECK(code(ask()) == "");
  const auto answer = ask();
  CHECK(code(answer) == codes::kRateLimited);
  CHECK(answer.error->message.find(which) != std::string::npos);
  REQUIRE(answer.error->retry_after);
  CHECK(*answer.error->retry_after == 5s);
  CHECK(contains(answer.limits_reached, Limit::kRequestRate));
  CHECK(answer.record.attempts == 0);
  CHECK(transport->sent.size() == 2);
  // Who is concerned: others of the tenant, and other tenants.
  access.extension = "other";
  const bool for_other_extension = which == "this extension";
  CHECK((code(ask()) == "") == for_other_extension);
  CHECK((code_of(plan("https://other.example.com/")) == "") == (which != "this tenant"));
  access.tenant = "beta";
  CHECK(code(ask()) == "");
  access.tenant = "acme";
  access.extension = "crm";
  timers.advance(5s);
  CHECK(code(ask()) == "");
  access.limits.dry_run = static_cast<LimitSet>(Limit::kRequestRate);
  const auto dry = ask();
  CHECK(code(dry) == "");
  CHECK(contains(dry.limits_reached, Limit::kRequestRate));
}

TEST_CASE_FIXTURE(ProxyFixture, "rates that processes share are asked for, and their word holds") {
  const auto shared = std::make_shared<FakeSharedLimits>();
  setup.shared = shared;
  always(response(200));
  CHECK(code(ask()) == "");
  REQUIRE(shared->taken.size() == 1);
  REQUIRE(shared->taken[0].size() == 3);
  CHECK(shared->taken[0][0].key == "rate/tenant/acme");
  CHECK(shared->taken[0][1].key == "rate/extension/acme/crm");
  CHECK(shared->taken[0][2].key == "rate/origin/acme/https://api.example.com");
  CHECK(shared->taken[0][2].rate == access.policy.origin_rate);
  shared->answer = {false, 2, 3s};
  const auto answer = ask();
  CHECK(code(answer) == codes::kRateLimited);
  CHECK(answer.error->message.find("this origin") != std::string::npos);
  CHECK(*answer.error->retry_after == 3s);
  access.limits.dry_run = static_cast<LimitSet>(Limit::kRequestRate);
  CHECK(code(ask()) == "");
}

TEST_CASE_FIXTURE(ProxyFixture,
                  "a store that does not answer costs the request its time, or a cancel") {
  const auto shared = std::make_shared<FakeSharedLimits>();
  setup.shared = shared;
  shared->holds = true;
  for (const bool by_time : {false, true}) {
    const Slot slot = start(plan());
    if (by_time) {
      timers.advance(15s);
    } else {
      proxy().cancel(last_id);
    }
    REQUIRE(slot->size() == 1);
    CHECK(code(slot->front()) == (by_time ? codes::kTimeoutTotal : codes::kCanceled));
  }
  for (auto& late : shared->waiting) late({});
  CHECK(transport->sent.empty());
}

TEST_CASE_FIXTURE(BreakerFixture, "a breaker opens, tries, and closes") {
  const auto shared = std::make_shared<FakeSharedLimits>();
  setup.shared = shared;
  fail_times(2);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].tenant == "acme");
  CHECK(changes[0].origin == "https://api.example.com");
  CHECK(changes[0].to == BreakerState::kOpen);
  CHECK(changes[0].cause == "failures");
  CHECK(changes[0].calls == 2);
  CHECK(changes[0].failed == 2);
  CHECK(changes[0].open_for == 5s);
  CHECK_FALSE(changes[0].dry_run);
  const auto refused = ask();
  CHECK(code(refused) == codes::kCircuitOpen);
  CHECK(*refused.error->retry_after == 5s);
  CHECK(refused.record.breaker == BreakerState::kOpen);
  CHECK(transport->sent.size() == 2);
  timers.advance(5s);
  always(response(200));
  const auto probe = ask();
  CHECK(code(probe) == "");
  CHECK(probe.record.breaker == BreakerState::kHalfOpen);
  REQUIRE(changes.size() == 3);
  CHECK(changes[1].to == BreakerState::kHalfOpen);
  CHECK(changes[2].to == BreakerState::kClosed);
  CHECK(ask().record.breaker == BreakerState::kClosed);
  CHECK(shared->told == std::vector<std::string>{"opened acme/https://api.example.com",
                                                 "closed acme/https://api.example.com"});
}

TEST_CASE_FIXTURE(BreakerFixture, "half-open, a probe that is canceled gives its place back") {
  fail_times(2);
  timers.advance(5s);
  transport->program = nullptr;
  const Slot probe = start(plan());
  const auto probe_id = last_id;
  CHECK(code(ask()) == codes::kCircuitOpen);  // the one place is taken
  proxy().cancel(probe_id);
  CHECK(code(probe->front()) == codes::kCanceled);
  always(response(503));
  CHECK(ask().status == 503);
  CHECK(code(ask()) == codes::kCircuitOpen);
  CHECK(changes.back().cause == "probe_failed");
}

TEST_CASE_FIXTURE(BreakerFixture, "in dry run it tells, and refuses nothing") {
  const auto shared = std::make_shared<FakeSharedLimits>();
  setup.shared = shared;
  access.policy.breaker.enforcement = Enforcement::kDryRun;
  setup.origin_breaker.enforcement = Enforcement::kDryRun;
  fail_times(2);
  REQUIRE(changes.size() == 1);
  CHECK(changes[0].dry_run);
  const auto answer = ask();
  CHECK(answer.status == 500);
  CHECK(answer.record.breaker_would_refuse);
  CHECK(answer.record.breaker == BreakerState::kOpen);
  CHECK(shared->told.empty());
}

TEST_CASE_FIXTURE(BreakerFixture,
                  "a breaker of all tenants stops all, and says no more than that") {
  for (const char* tenant : {"acme", "beta", "acme", "beta"}) {
    access.tenant = tenant;
    fail_times(1);
  }
  access.tenant = "gamma";
  CHECK(code(ask()) == codes::kCircuitOpen);
  REQUIRE(changes.size() == 3);
  const bool any_of_all = changes[1].tenant.empty() || changes[2].tenant.empty();
  CHECK(any_of_all);
  CHECK(code_of(plan("https://other.example.com/")) == "");
}

TEST_CASE_FIXTURE(BreakerFixture, "one tenant alone opens no breaker of all tenants") {
  access.policy.breaker.minimum_calls = 1000;
  fail_times(20);
  access.tenant = "beta";
  fail_times(1);
  access.tenant = "acme";
  fail_times(20);
  CHECK(changes.empty());
  access.tenant = "gamma";
  always(response(200));
  CHECK(code(ask()) == "");
}

TEST_CASE_FIXTURE(BreakerFixture, "what is open in another process is open here") {
  const auto shared = std::make_shared<FakeSharedLimits>();
  setup.shared = shared;
  always(response(200));
  for (const char* key : {"acme/https://api.example.com", "/https://api.example.com"}) {
    shared->open = {{key, 2s}};
    const auto answer = ask();
    CHECK(code(answer) == codes::kCircuitOpen);
    CHECK(*answer.error->retry_after == 2s);
    CHECK(answer.record.breaker == BreakerState::kOpen);
  }
  access.policy.breaker.enforcement = Enforcement::kDryRun;
  shared->open = {{"acme/https://api.example.com", 2s}};
  const auto dry = ask();
  CHECK(code(dry) == "");
  CHECK(dry.record.breaker_would_refuse);
  shared->open.clear();
  CHECK(code(ask()) == "");
}

TEST_CASE_FIXTURE(BreakerFixture, "what counts as a failure") {
  struct Case {
    HttpResponse with;
    bool fails;
  };
  const std::vector<Case> cases = {
      {response(500), true},
      {response(503), true},
      {response(429), false},
      {response(404), false},
      {failed(HttpFailure::kConnect), true},
      {failed(HttpFailure::kTls), true},
      {failed(HttpFailure::kTimeoutFirstByte), true},
      {failed(HttpFailure::kBroken), true},
      {failed(HttpFailure::kProtocol), true},
      {failed(HttpFailure::kBodyTooLarge), false},
      {failed(HttpFailure::kUnavailable), false},
      {failed(HttpFailure::kAddressRefused), false},
      {failed(HttpFailure::kInvalidRequest), false},
  };
  int number = 0;
  for (const Case& one : cases) {
    CAPTURE(number);
    access.tenant = "tenant" + std::to_string(number++);
    setup.origin_breaker.minimum_calls = 1000;
    always(one.with);
    ask();
    ask();
    CHECK((code(ask()) == codes::kCircuitOpen) == one.fails);
  }
}

TEST_CASE_FIXTURE(BreakerFixture, "a tenant in a hurry does not stop all others") {
  setup.origin_breaker.minimum_calls = 2;
  always(failed(HttpFailure::kTimeoutTotal));
  auto hasty = call(plan());
  hasty.options.timeout = std::chrono::milliseconds(1);
  CHECK(code_of(hasty) == codes::kTimeoutTotal);
  CHECK(code_of(hasty) == codes::kTimeoutTotal);
  CHECK(code_of(hasty) == codes::kCircuitOpen);  // its own
  for (const char* tenant : {"beta", "delta"}) {
    access.tenant = tenant;
    CHECK(code(ask()) == codes::kTimeoutTotal);
  }
  access.tenant = "gamma";
  CHECK(code(ask()) == codes::kCircuitOpen);  // these had the time that the host gives
}

TEST_CASE_FIXTURE(ProxyFixture, "no more are under way than may be") {
  access.policy.max_under_way = 3;
  access.policy.max_under_way_per_origin = 2;
  const Slot first = start(plan());
  const Slot second = start(plan());
  const auto third = ask();
  CHECK(code(third) == codes::kUnderWay);
  CHECK(contains(third.limits_reached, Limit::kRequestsUnderWay));
  const Slot other = start(plan("https://other.example.com/"));
  CHECK(other->empty());
  CHECK(code_of(plan("https://other.example.com/")) == codes::kUnderWay);
  CHECK(proxy().figures().under_way == 3);
  access.limits.dry_run = static_cast<LimitSet>(Limit::kRequestsUnderWay);
  const Slot dry = start(plan());
  CHECK(dry->empty());
  CHECK(proxy().figures().under_way == 3);
  access.limits.dry_run = 0;
  transport->answer(response(200));
  CHECK(first->size() == 1);
  const Slot again = start(plan());
  CHECK(again->empty());
  while (!transport->waiting.empty()) transport->answer(response(200));
  CHECK(second->size() + other->size() + dry->size() + again->size() == 4);
  CHECK(contains(dry->front().limits_reached, Limit::kRequestsUnderWay));
  CHECK(proxy().figures().under_way == 0);
}

TEST_CASE_FIXTURE(ProxyFixture, "a body may have so many bytes") {
  access.limits.request_body = Bytes{3};
  auto planned = plan("https://api.example.com/", "POST");
  planned.body = std::make_shared<const std::string>("1234");
  const auto answer = ask(planned);
  CHECK(code(answer) == codes::kBodyTooLarge);
  CHECK(contains(answer.limits_reached, Limit::kRequestBody));
  always(response(200));
  access.limits.dry_run = static_cast<LimitSet>(Limit::kRequestBody);
  const auto dry = ask(planned);
  CHECK(code(dry) == "");
  CHECK(contains(dry.limits_reached, Limit::kRequestBody));
}

TEST_CASE_FIXTURE(BreakerFixture,
                  "a tenant that has gone is forgotten, and what it has under way harmless") {
  fail_times(2);
  CHECK(code(ask()) == codes::kCircuitOpen);
  proxy().forget("acme");
  transport->program = nullptr;
  const Slot slot = start(plan());
  proxy().forget("acme");
  transport->answer(response(500));
  CHECK(slot->front().status == 500);
  fail_times(1);
  CHECK(proxy().figures().under_way == 0);
}

}  // namespace
}  // namespace sublet::test

// SPDX-License-Identifier: Apache-2.0
#include "proxy_fixture.h"

namespace sublet::test {
namespace {

namespace codes = proxy::codes;
using proxy::CacheMode;

struct CacheFixture : ProxyFixture {
  CacheFixture() { access.policy.breaker.minimum_calls = 1000; }

  static HttpResponse cached(std::string body, std::string control = "max-age=60",
                             std::string tag = "\"a\"") {
    return response(200, std::move(body),
                    {{"Cache-Control", std::move(control)}, {"ETag", std::move(tag)}});
  }
  proxy::RequestCall cache_call(CacheMode mode = CacheMode::kDefault,
                                proxy::RequestPlan planned = plan()) {
    auto made = call(std::move(planned));
    made.cache = mode;
    return made;
  }
  std::size_t sent() const { return transport->sent.size(); }
};

TEST_CASE_FIXTURE(CacheFixture, "a fresh response is answered again, with its age") {
  always(cached("one"));
  CHECK(ask(cache_call()).record.cache == "stored");
  timers.advance(5s);
  const auto answer = ask(cache_call());
  CHECK(answer.record.cache == "fresh");
  CHECK(answer.record.attempts == 0);
  CHECK(*answer.body == "one");
  CHECK(header(answer, "age") == "5");
  CHECK(answer.url == "https://api.example.com/v1");
  CHECK(sent() == 1);
  CHECK(proxy().figures().cached_bytes > 0);
}

TEST_CASE_FIXTURE(CacheFixture, "it is used only where template or fetch, and the policy, say so") {
  always(cached("one"));
  CHECK(ask(cache_call(CacheMode::kNoStore)).record.cache == "");
  CHECK(ask(cache_call(CacheMode::kNoStore)).record.cache == "");
  CHECK(sent() == 2);
  auto declared = cache_call(CacheMode::kNoStore);
  declared.options.cache.emplace();
  CHECK(ask(declared).record.cache == "stored");
  CHECK(ask(declared).record.cache == "fresh");
  access.policy.cache = false;
  CHECK(ask(cache_call()).record.cache == "");
  CHECK(sent() == 4);
}

TEST_CASE_FIXTURE(CacheFixture,
                  "tenants and extensions do not see each other's, nor other credentials'") {
  always(cached("one"));
  ask(cache_call());
  access.extension = "other";
  CHECK(ask(cache_call()).record.cache == "stored");
  access.extension = "crm";
  access.tenant = "beta";
  CHECK(ask(cache_call()).record.cache == "stored");
  access.tenant = "acme";
  auto planned = plan();
  planned.headers = {{"x-key", "k3y-k3y"}};
  planned.secret_fields = {"x-key"};
  CHECK(ask(cache_call(CacheMode::kDefault, planned)).record.cache == "stored");
  CHECK(ask(cache_call(CacheMode::kDefault, planned)).record.cache == "fresh");
  CHECK(sent() == 4);
  proxy().forget("acme");
  CHECK(ask(cache_call()).record.cache == "stored");
  access.tenant = "beta";
  CHECK(ask(cache_call()).record.cache == "fresh");
}

TEST_CASE_FIXTURE(CacheFixture, "a tenant's name is not another's beginning") {
  always(cached("one"));
  ask(cache_call());
  access.tenant = "acmecorp";
  ask(cache_call());
  proxy().forget("acme");
  CHECK(ask(cache_call()).record.cache == "fresh");
}

TEST_CASE_FIXTURE(CacheFixture, "what is kept is scrubbed") {
  auto planned = plan();
  planned.headers = {{"x-key", "k3y-k3y"}};
  planned.secret_fields = {"x-key"};
  planned.secrets = {"k3y-k3y"};
  always(cached("it is k3y-k3y"));
  CHECK(*ask(cache_call(CacheMode::kDefault, planned)).body == "it is [secret]");
  planned.secrets.clear();
  CHECK(*ask(cache_call(CacheMode::kDefault, planned)).body == "it is [secret]");
  CHECK(sent() == 1);
}

TEST_CASE_FIXTURE(CacheFixture, "a stale one is validated, and good for another while") {
  always(cached("one"));
  ask(cache_call());
  timers.advance(61s);
  always(response(304, "", {{"ETag", "\"a\""}, {"Cache-Control", "max-age=30"}, {"X-New", "1"}}));
  const auto answer = ask(cache_call());
  CHECK(answer.record.cache == "validated");
  CHECK(answer.status == 200);
  CHECK(*answer.body == "one");
  CHECK(header(answer, "x-new") == "1");
  CHECK(header(last_sent(), "if-none-match") == "\"a\"");
  CHECK(ask(cache_call()).record.cache == "fresh");
  timers.advance(31s);
  always(cached("two"));
  CHECK(*ask(cache_call()).body == "two");
  CHECK(ask(cache_call()).record.cache == "fresh");
}

TEST_CASE_FIXTURE(CacheFixture, "a 304 of another response is asked again without conditions") {
  always(cached("one"));
  ask(cache_call());
  timers.advance(61s);
  transport->program = [](const HttpRequest& request) {
    if (header(request, "if-none-match") == "(none)") return cached("two");
    return response(304, "", {{"ETag", "\"other\""}});
  };
  const auto answer = ask(cache_call());
  CHECK(*answer.body == "two");
  CHECK(answer.record.cache == "stored");
  CHECK(sent() == 3);
}

TEST_CASE_FIXTURE(CacheFixture, "a 304 that nobody asked for is the answer") {
  always(response(304));
  auto planned = plan();
  planned.headers = {{"If-None-Match", "\"own\""}};
  const auto answer = ask(cache_call(CacheMode::kDefault, planned));
  CHECK(answer.status == 304);
  CHECK(answer.record.cache == "");
}

TEST_CASE_FIXTURE(CacheFixture, "fetch's modes") {
  CHECK(code_of(cache_call(CacheMode::kOnlyIfCached)) == codes::kNotCached);
  CHECK(sent() == 0);
  always(cached("one"));
  ask(cache_call());
  CHECK(ask(cache_call(CacheMode::kOnlyIfCached)).record.cache == "fresh");
  CHECK(ask(cache_call(CacheMode::kForceCache)).record.cache == "fresh");
  timers.advance(120s);
  CHECK(ask(cache_call(CacheMode::kOnlyIfCached)).record.cache == "stale");
  CHECK(ask(cache_call(CacheMode::kForceCache)).record.cache == "stale");
  CHECK(sent() == 1);
  always(cached("two"));
  CHECK(*ask(cache_call(CacheMode::kReload)).body == "two");
  CHECK(header(last_sent(), "cache-control") == "no-cache");
  CHECK(header(last_sent(), "if-none-match") == "(none)");
  CHECK(*ask(cache_call()).body == "two");
  CHECK(sent() == 2);
  always(response(304, "", {{"ETag", "\"a\""}}));
  CHECK(ask(cache_call(CacheMode::kNoCache)).record.cache == "validated");
  CHECK(header(last_sent(), "cache-control") == "max-age=0");
  CHECK(sent() == 3);
  access.policy.cache = false;
  CHECK(code_of(cache_call(CacheMode::kOnlyIfCached)) == codes::kNotCached);
}

TEST_CASE_FIXTURE(CacheFixture, "a stale one stands in for an outage where that is allowed") {
  const HttpResponse kept = cached("one", "max-age=10, stale-if-error=60");
  for (const HttpResponse& fault : {failed(HttpFailure::kConnect), response(503, "no")}) {
    access.tenant += "x";
    always(kept);
    ask(cache_call());
    timers.advance(20s);
    always(fault);
    const auto answer = ask(cache_call());
    CHECK(code(answer) == "");
    CHECK(*answer.body == "one");
    CHECK(answer.record.cache == "stale_if_error");
    CHECK(header(answer, "age") == "20");
    timers.advance(60s);
    CHECK(ask(cache_call()).status != 200);
  }
  always(kept);
  ask(cache_call());
  timers.advance(20s);
  resolver->fault = Error{ErrorCode::kUnavailable, ""};
  CHECK(ask(cache_call()).record.cache == "stale_if_error");
  access.policy.rate = {1, std::chrono::hours(1), 1};
  ask(cache_call());
  CHECK(code(ask(cache_call())) == codes::kRateLimited);  // no outage
}

TEST_CASE_FIXTURE(CacheFixture, "a template says for how long it takes a stale one") {
  auto declared = cache_call();
  declared.options.cache.emplace();
  declared.options.cache->stale_if_error = std::chrono::seconds(60);
  always(cached("one"));
  ask(declared);
  timers.advance(90s);
  always(failed(HttpFailure::kBroken));
  CHECK(ask(declared).record.cache == "stale_if_error");
  CHECK(code_of(cache_call()) == codes::kBroken);
}

TEST_CASE_FIXTURE(CacheFixture, "stale while it is revalidated, once and in the background") {
  always(cached("one", "max-age=10, stale-while-revalidate=60"));
  ask(cache_call());
  timers.advance(20s);
  transport->program = nullptr;
  const auto answer = ask(cache_call());
  CHECK(answer.record.cache == "stale_while_revalidate");
  CHECK(*answer.body == "one");
  CHECK(ask(cache_call()).record.cache == "stale_while_revalidate");
  CHECK(sent() == 2);
  CHECK(header(last_sent(), "if-none-match") == "\"a\"");
  CHECK(proxy().figures().requests == 1);
  transport->answer(cached("two"));
  CHECK(proxy().figures().requests == 0);
  CHECK(proxy().figures().under_way == 0);
  CHECK(*ask(cache_call()).body == "two");
  CHECK(sent() == 2);
}

TEST_CASE_FIXTURE(CacheFixture,
                  "a revalidation that fails leaves what there is, and may be tried again") {
  always(cached("one", "max-age=10, stale-while-revalidate=60"));
  ask(cache_call());
  timers.advance(20s);
  always(failed(HttpFailure::kConnect));
  CHECK(*ask(cache_call()).body == "one");
  CHECK(*ask(cache_call()).body == "one");
  CHECK(sent() == 3);
  transport->program = nullptr;
  ask(cache_call());
  proxy().stop();
  CHECK(transport->canceled == 1);
}

TEST_CASE_FIXTURE(CacheFixture, "a request that changes something makes stale what it names") {
  always(cached("one"));
  ask(cache_call());
  ask(cache_call(CacheMode::kDefault, plan("https://api.example.com/list")));
  ask(cache_call(CacheMode::kDefault, plan("https://other.example.com/list")));
  transport->program = [](const HttpRequest&) {
    return response(
        200, "", {{"Content-Location", "/list"}, {"Location", "https://other.example.com/list"}});
  };
  ask(plan("https://api.example.com/v1", "POST"));
  always(cached("two"));
  CHECK(*ask(cache_call()).body == "two");
  CHECK(*ask(cache_call(CacheMode::kDefault, plan("https://api.example.com/list"))).body == "two");
  CHECK(*ask(cache_call(CacheMode::kDefault, plan("https://other.example.com/list"))).body ==
        "one");
}

TEST_CASE_FIXTURE(CacheFixture, "redirects come from the cache too, unless they lead to a secret") {
  const auto lead_to = [this](const std::string& place) {
    transport->program = [place](const HttpRequest& request) {
      if (request.url.ends_with("/v1")) {
        return response(301, "", {{"Location", place}, {"Cache-Control", "max-age=60"}});
      }
      return cached("there");
    };
  };
  lead_to("/there");
  ask(cache_call());
  const auto answer = ask(cache_call());
  CHECK(*answer.body == "there");
  CHECK(answer.redirected);
  CHECK(answer.record.redirects == 1);
  CHECK(sent() == 2);
  access.tenant = "beta";
  lead_to("/there?key=k3y-k3y");
  auto planned = plan();
  planned.secrets = {"k3y-k3y"};
  ask(cache_call(CacheMode::kDefault, planned));
  ask(cache_call(CacheMode::kDefault, planned));
  CHECK(last_sent().url.ends_with("/v1"));
  // The second place itself is answered from the cache by its own URL.
  CHECK(sent() == 5);
}

TEST_CASE_FIXTURE(CacheFixture,
                  "a stale redirect that stands in at the end of the time leads nowhere") {
  always(
      response(301, "", {{"Location", "/v1"}, {"Cache-Control", "max-age=1, stale-if-error=60"}}));
  auto once = cache_call();
  once.redirect = proxy::RedirectMode::kManual;
  ask(once);
  timers.advance(5s);
  resolver->holds = true;
  const Slot slot = start(cache_call());
  timers.advance(15s);
  REQUIRE(slot->size() == 1);
  CHECK(code(slot->front()) == codes::kTimeoutTotal);
  resolver->answer(std::vector<std::string>{"93.184.216.34"});
  CHECK(proxy().figures().requests == 0);
}

TEST_CASE_FIXTURE(CacheFixture, "an answer from the cache takes nothing of the rates") {
  always(cached("one"));
  access.policy.rate = {1, std::chrono::hours(1), 1};
  ask(cache_call());
  CHECK(ask(cache_call()).record.cache == "fresh");
  CHECK(code(ask(cache_call(CacheMode::kReload))) == codes::kRateLimited);
}

}  // namespace
}  // namespace sublet::test

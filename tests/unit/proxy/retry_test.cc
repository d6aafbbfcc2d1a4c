// SPDX-License-Identifier: Apache-2.0
#include "proxy_fixture.h"

namespace sublet::test {
namespace {

namespace codes = proxy::codes;

struct RetryFixture : ProxyFixture {
  proxy::RequestCall retried(std::string method = "GET") {
    auto made = call(plan("https://api.example.com/v1", std::move(method)));
    made.options.retry.emplace();
    made.options.retry->max_attempts = 3;
    made.options.retry->network_error = true;
    made.options.retry->statuses = {429, 503};
    return made;
  }
  // So many are answered so, those after them with 200.
  void first(std::size_t count, HttpResponse with) {
    transport->program = [this, count, with](const HttpRequest&) {
      return transport->sent.size() <= count ? with : response(200);
    };
  }
  // Started, and time passed until it is answered.
  proxy::RequestAnswer finish(proxy::RequestCall made) {
    const Slot slot = start(std::move(made));
    for (int i = 0; i < 200 && slot->empty(); ++i) timers.advance(100ms);
    REQUIRE(slot->size() == 1);
    return slot->front();
  }
};

TEST_CASE_FIXTURE(RetryFixture, "what a template declares is tried again, later") {
  first(2, response(503));
  const Slot slot = start(retried());
  CHECK(slot->empty());
  CHECK(transport->sent.size() == 1);
  CHECK(proxy().figures().under_way == 0);  // none of its places is held while it waits
  for (int i = 0; i < 50 && slot->empty(); ++i) timers.advance(100ms);
  REQUIRE(slot->size() == 1);
  CHECK(slot->front().status == 200);
  CHECK(slot->front().record.attempts == 3);
  CHECK(slot->front().record.waited > 0ms);
  CHECK(resolver->asked.size() == 3);
  CHECK(timers.waiting() == 0);
}

TEST_CASE_FIXTURE(RetryFixture, "without a declaration nothing is") {
  always(response(503));
  CHECK(ask().status == 503);
  always(failed(HttpFailure::kConnect));
  CHECK(code(ask()) == codes::kConnect);
  CHECK(transport->sent.size() == 2);
}

TEST_CASE_FIXTURE(RetryFixture, "the last answer stands when the attempts are used") {
  always(response(503, "last"));
  const auto answer = finish(retried());
  CHECK(answer.status == 503);
  CHECK(*answer.body == "last");
  CHECK(answer.record.attempts == 3);
}

TEST_CASE_FIXTURE(RetryFixture, "which failures are tried again") {
  struct Case {
    HttpFailure failure;
    bool again;
  };
  for (const Case& one : std::vector<Case>{{HttpFailure::kConnect, true},
                                           {HttpFailure::kTimeoutConnect, true},
                                           {HttpFailure::kBroken, true},
                                           {HttpFailure::kTimeoutFirstByte, true},
                                           {HttpFailure::kTls, false},
                                           {HttpFailure::kTimeoutTotal, false},
                                           {HttpFailure::kProtocol, false},
                                           {HttpFailure::kBodyTooLarge, false},
                                           {HttpFailure::kAddressRefused, false},
                                           {HttpFailure::kInvalidRequest, false}}) {
    CAPTURE(to_string(one.failure));
    access.tenant += "x";
    transport->sent.clear();
    first(1, failed(one.failure));
    CHECK(finish(retried()).record.attempts == (one.again ? 2 : 1));
  }
}

TEST_CASE_FIXTURE(RetryFixture,
                  "a POST is sent again only where it was not done, or may be twice") {
  first(1, response(503));
  CHECK(finish(retried("POST")).record.attempts == 1);
  transport->sent.clear();
  first(1, failed(HttpFailure::kConnect));
  CHECK(finish(retried("POST")).record.attempts == 2);
  transport->sent.clear();
  HttpResponse broken = failed(HttpFailure::kBroken);
  broken.sent = true;
  first(1, broken);
  CHECK(finish(retried("POST")).record.attempts == 1);
  transport->sent.clear();
  auto twice = retried("POST");
  twice.options.retry->idempotent = true;
  CHECK(finish(twice).record.attempts == 2);
}

TEST_CASE_FIXTURE(RetryFixture, "Retry-After is waited for, where the time allows") {
  first(1, response(429, "", {{"Retry-After", "3"}}));
  const Slot slot = start(retried());
  timers.advance(2900ms);
  CHECK(transport->sent.size() == 1);
  timers.advance(300ms);
  REQUIRE(slot->size() == 1);
  CHECK(slot->front().status == 200);
  transport->sent.clear();
  first(1, response(429, "", {{"Retry-After", "20"}}));
  CHECK(ask(retried()).status == 429);  // its 15 s would be over
  auto hasty = retried();
  hasty.deadline = clock.now() + 2s;
  first(100, response(429, "", {{"Retry-After", "3"}}));
  CHECK(ask(hasty).status == 429);
}

TEST_CASE_FIXTURE(RetryFixture, "retries are no more than a share of the requests") {
  setup.retry_budget.floor = 1;
  setup.retry_budget.percent = 0;
  always(response(503));
  access.policy.breaker.minimum_calls = 1000;
  CHECK(finish(retried()).record.attempts == 2);
  CHECK(ask(retried()).record.attempts == 1);
  access.tenant = "beta";
  CHECK(finish(retried()).record.attempts == 2);
}

TEST_CASE_FIXTURE(RetryFixture,
                  "a name that nobody can tell now is asked for again, one that is not there not") {
  resolver->fault = Error{ErrorCode::kUnavailable, ""};
  const Slot slot = start(retried());
  CHECK(slot->empty());
  resolver->fault.reset();
  always(response(200));
  timers.advance(1s);
  REQUIRE(slot->size() == 1);
  CHECK(slot->front().status == 200);
  resolver->fault = Error{ErrorCode::kNotFound, ""};
  CHECK(code_of(retried()) == codes::kNameNotFound);
}

TEST_CASE_FIXTURE(RetryFixture,
                  "a name may mean another address the next time, and that is checked") {
  first(1, response(503));
  const Slot slot = start(retried());
  resolver->addresses["api.example.com"] = {"127.0.0.1"};
  timers.advance(1s);
  REQUIRE(slot->size() == 1);
  CHECK(code(slot->front()) == "private_address");
  CHECK(transport->sent.size() == 1);
}

TEST_CASE_FIXTURE(RetryFixture,
                  "another attempt takes its part of the rates, and asks the breaker") {
  access.policy.rate = {1, std::chrono::hours(1), 1};
  always(response(503));
  CHECK(code(finish(retried())) == codes::kRateLimited);
  access.tenant = "beta";
  access.policy.rate = {300, std::chrono::minutes(1), 300};
  access.policy.breaker.minimum_calls = 1;
  CHECK(code(finish(retried())) == codes::kCircuitOpen);
}

TEST_CASE_FIXTURE(RetryFixture, "waiting for another attempt has an end") {
  always(response(503, "", {{"Retry-After", "2"}}));
  const Slot slot = start(retried());
  timers.advance(1s);
  proxy().cancel(last_id);
  REQUIRE(slot->size() == 1);
  CHECK(code(slot->front()) == codes::kCanceled);
  CHECK(slot->front().record.attempts == 1);
  CHECK(timers.waiting() == 0);
  timers.advance(10s);
  CHECK(transport->sent.size() == 1);
}

TEST_CASE_FIXTURE(RetryFixture, "retries answered inside send() make no deeper stack") {
  const char* lowest = nullptr;
  const char* highest = nullptr;
  transport->on_send = [&] {
    const char here = 0;
    if (lowest == nullptr || &here < lowest) lowest = &here;
    if (highest == nullptr || &here > highest) highest = &here;
  };
  access.policy.max_redirects = 20;
  access.egress.max_redirects = 20;
  always(response(302, "", {{"Location", "/again"}}));
  CHECK(code(ask()) == "too_many_redirects");
  CHECK(transport->sent.size() == 21);
  CHECK(highest - lowest < 4096);
}

}  // namespace
}  // namespace sublet::test

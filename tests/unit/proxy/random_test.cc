// SPDX-License-Identifier: Apache-2.0
// Whatever happens in whatever order: every callback comes once, and nothing is left.
#include <random>

#include "proxy_fixture.h"

namespace sublet::test {
namespace {

class Storm : public ProxyFixture {
 public:
  explicit Storm(unsigned seed) : random_(seed) {
    shared_ = std::make_shared<FakeSharedLimits>();
    if (one_in(2)) setup.shared = shared_;
    tokens->holds = true;
    resolver->holds = true;
    shared_->holds = true;
    access.tokens = tokens;
    access.policy.max_under_way = 6;
    access.policy.rate = {2000, std::chrono::seconds(1), 20};
    BreakerOptions& breaker = access.policy.breaker;
    breaker.minimum_calls = 3;
    breaker.open_time = breaker.open_time_most = std::chrono::seconds(1);
    breaker.probe_lease = std::chrono::hours(1);
    breaker.successes_to_close = 1;
    setup.origin_breaker = breaker;
    setup.retry_budget.floor = 1000;
    access.limits.request_time = std::chrono::seconds(3);
    for (std::size_t i = 0; i < 4; ++i) {
      access.tenant = i < 2 ? "acme" : "beta";
      access.extension = i % 2 == 0 ? "crm" : "erp";
      accesses_.push_back(std::make_shared<const proxy::RequestAccess>(access));
    }
    transport->program = [this](const HttpRequest&) -> std::optional<HttpResponse> {
      if (calm_) return response(200);
      if (!one_in(4)) return std::nullopt;
      return any_response();
    };
  }

  void run(int events) {
    for (int i = 0; i < events; ++i) event();
  }

  // Answers all that waits, until nothing does.
  void drain() {
    for (int i = 0; i < 1000 && proxy().figures().requests > 0; ++i) {
      while (!tokens->waiting.empty()) answer_token();
      while (!resolver->waiting.empty()) answer_name();
      while (!shared_->waiting.empty()) answer_take();
      while (!transport->waiting.empty()) transport->answer(any_response());
      timers.advance(100ms);
    }
  }

  void check_over() {
    CHECK(proxy().figures().requests == 0);
    CHECK(proxy().figures().under_way == 0);
    CHECK(proxy().figures().flights == 0);
    CHECK(timers.waiting() == 0);
    CHECK(transport->waiting.empty());
    for (const Slot& slot : slots_) REQUIRE(slot->size() == 1);
  }

  // A ticket that was not given back would keep its breaker half-open for its lease.
  void check_breakers() {
    calm_ = true;
    resolver->holds = tokens->holds = shared_->holds = false;
    timers.advance(70s);
    for (const auto& one : accesses_) {
      for (const char* url : {"https://api.example.com/", "https://other.example.com/"}) {
        frozen = one;
        CHECK(code_of(plan(url)) == "");
        CHECK(ask(plan(url)).record.breaker == BreakerState::kClosed);
      }
    }
  }

 private:
  bool one_in(unsigned count) { return random_() % count == 0; }

  void event() {
    switch (random_() % 10) {
      case 0:
      case 1:
      case 2:
        return begin();
      case 3:
        if (!tokens->waiting.empty()) answer_token();
        return;
      case 4:
      case 5:
        if (!resolver->waiting.empty()) answer_name();
        if (!shared_->waiting.empty()) answer_take();
        return;
      case 6:
      case 7:
        if (!transport->waiting.empty()) answer_any();
        return;
      case 8:
        if (last_id > 0) proxy().cancel(1 + random_() % (last_id + 2));
        return;
      case 9:
        timers.advance(std::chrono::milliseconds(random_() % 400));
        if (one_in(20)) proxy().forget("beta");
        return;
    }
  }

  void begin() {
    proxy::RequestPlan planned =
        plan(one_in(2) ? "https://api.example.com/v1" : "https://other.example.com/v1",
             one_in(3) ? "POST" : "GET");
    planned.secrets = {"k3y-k3y"};
    proxy::RequestCall made = call(std::move(planned));
    made.options.collapse = one_in(2);
    if (one_in(2)) made.cache = proxy::CacheMode::kDefault;
    if (one_in(3)) made.oauth = "crm";
    if (one_in(2)) made.options.retry = {4, true, {429, 500, 503}, true};
    if (one_in(4)) made.options.timeout = std::chrono::milliseconds(1 + random_() % 500);
    if (one_in(4)) made.deadline = clock.now() + std::chrono::milliseconds(random_() % 500);
    frozen = accesses_[random_() % accesses_.size()];
    slots_.push_back(start(std::move(made)));
  }

  void answer_token() {
    if (one_in(5)) return tokens->answer(proxy::RequestError{"token_failed", "no"});
    tokens->answer(proxy::AccessToken{"token-" + std::to_string(random_() % 3)});
  }

  void answer_name() {
    switch (random_() % 6) {
      case 0:
        return resolver->answer(Error{ErrorCode::kUnavailable, ""});
      case 1:
        return resolver->answer(std::vector<std::string>{"10.0.0.1"});
      default:
        return resolver->answer(std::vector<std::string>{"93.184.216.34"});
    }
  }

  void answer_take() {
    const auto done = std::move(shared_->waiting.front());
    shared_->waiting.erase(shared_->waiting.begin());
    done({!one_in(6), random_() % 3, 1s});
  }

  void answer_any() {
    auto found = transport->waiting.begin();
    std::advance(found, random_() % transport->waiting.size());
    const HttpCallback done = std::move(found->second);
    transport->waiting.erase(found);
    done(any_response());
    if (one_in(10)) done(any_response());  // twice
  }

  HttpResponse any_response() {
    switch (random_() % 9) {
      case 0:
        return failed(HttpFailure::kConnect);
      case 1:
        return failed(static_cast<HttpFailure>(random_() % 14));
      case 2:
        return response(500);
      case 3:
        return response(401);
      case 4:
        return response(302, "", {{"Location", "https://other.example.com/v2"}});
      case 5:
        return response(307, "", {{"Location", "/v3"}});
      case 6:
        return response(304, "", {{"ETag", "\"a\""}});
      default:
        return response(
            200, "k3y-k3y",
            {{"ETag", "\"a\""}, {"Cache-Control", "max-age=0, stale-while-revalidate=1, private"}});
    }
  }

  std::mt19937 random_;
  bool calm_ = false;
  std::shared_ptr<FakeSharedLimits> shared_;
  std::vector<std::shared_ptr<const proxy::RequestAccess>> accesses_;
  std::vector<Slot> slots_;
};

TEST_CASE("whatever happens, all is answered once and nothing is left") {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    Storm storm(seed);
    storm.run(800);
    storm.drain();
    storm.check_over();
    storm.check_breakers();
  }
}

TEST_CASE("stop() in the midst of it leaves nothing") {
  for (unsigned seed = 100; seed < 140; ++seed) {
    CAPTURE(seed);
    Storm storm(seed);
    storm.run(300);
    storm.proxy().stop();
    storm.check_over();
  }
}

}  // namespace
}  // namespace sublet::test

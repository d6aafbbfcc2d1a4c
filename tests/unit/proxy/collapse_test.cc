// SPDX-License-Identifier: Apache-2.0
#include "proxy_fixture.h"

namespace sublet::test {
namespace {

namespace codes = proxy::codes;

struct CollapseFixture : ProxyFixture {
  CollapseFixture() { freeze(); }

  proxy::RequestCall shared_call(proxy::RequestPlan planned = plan()) {
    auto made = call(std::move(planned));
    made.options.collapse = true;
    return made;
  }
  std::size_t sent() const { return transport->sent.size(); }
};

TEST_CASE_FIXTURE(CollapseFixture, "identical requests share one answer") {
  const Slot first = start(shared_call());
  timers.advance(2ms);
  const Slot second = start(shared_call());
  CHECK(sent() == 1);
  CHECK(proxy().figures().flights == 1);
  CHECK(proxy().figures().under_way == 1);
  timers.advance(3ms);
  transport->answer(response(200, "one"));
  REQUIRE(first->size() == 1);
  REQUIRE(second->size() == 1);
  CHECK(*first->front().body == "one");
  CHECK(*second->front().body == "one");
  const RequestRecord& own = first->front().record;
  CHECK(own.cache == "");
  CHECK(own.attempts == 1);
  CHECK(own.total == 5ms);
  CHECK(own.waited == 0ms);
  const RequestRecord& other = second->front().record;
  CHECK(other.cache == "collapsed");
  CHECK(other.attempts == 0);
  CHECK(other.sent == Bytes{});
  CHECK(other.status == 200);
  CHECK(other.body == Bytes{3});
  CHECK(other.total == 3ms);
  CHECK(other.waited == 3ms);
  CHECK(proxy().figures().flights == 0);
  CHECK(proxy().figures().requests == 0);
  CHECK(timers.waiting() == 0);
}

TEST_CASE_FIXTURE(CollapseFixture, "one that is answered inside send() is over") {
  always(response(200, "one"));
  CHECK(*ask(shared_call()).body == "one");
  CHECK(*ask(shared_call()).body == "one");
  CHECK(sent() == 2);
}

TEST_CASE_FIXTURE(CollapseFixture, "what differs in anything is not shared") {
  start(shared_call());
  auto header = plan();
  header.headers = {{"x-a", "1"}};
  start(shared_call(header));
  header.headers = {{"x-a", "2"}};
  start(shared_call(header));
  start(shared_call(plan("https://api.example.com/v1?x")));
  start(shared_call(plan("https://api.example.com/v1", "HEAD")));
  start(shared_call(plan("https://api.example.com/v1", "POST")));
  start(shared_call(plan("https://api.example.com/v1", "POST")));
  auto named = shared_call();
  named.name = "another";
  start(named);
  auto secret = plan();
  secret.secrets = {"k3y-k3y"};
  start(shared_call(secret));
  auto body = plan();
  body.body = std::make_shared<const std::string>("x");
  start(shared_call(body));
  start(plan());  // does not declare it
  CHECK(sent() == 11);
}

TEST_CASE_FIXTURE(CollapseFixture, "tenants, extensions and policies share none") {
  start(shared_call());
  access.tenant = "beta";
  freeze();
  start(shared_call());
  access.tenant = "acme";
  access.extension = "other";
  freeze();
  start(shared_call());
  access.extension = "crm";
  freeze();
  start(shared_call());
  CHECK(sent() == 4);
}

TEST_CASE_FIXTURE(CollapseFixture,
                  "each waits as long as it may, and the flight as long as anybody") {
  auto hasty = shared_call();
  hasty.deadline = clock.now() + 10ms;
  const Slot first = start(hasty);
  const Slot second = start(shared_call());
  const Slot third = start(shared_call());
  const auto third_id = last_id;
  timers.advance(10ms);
  REQUIRE(first->size() == 1);
  CHECK(code(first->front()) == codes::kTimeoutTotal);
  CHECK(second->empty());
  proxy().cancel(third_id);
  REQUIRE(third->size() == 1);
  CHECK(code(third->front()) == codes::kCanceled);
  CHECK(transport->canceled == 0);
  transport->answer(response(200));
  REQUIRE(second->size() == 1);
  CHECK(second->front().status == 200);
  CHECK(second->front().record.attempts == 1);  // the first that is left
}

TEST_CASE_FIXTURE(CollapseFixture, "a flight that nobody waits for ends") {
  const Slot first = start(shared_call());
  const auto first_id = last_id;
  const Slot second = start(shared_call());
  proxy().cancel(last_id);
  CHECK(transport->canceled == 0);
  proxy().cancel(first_id);
  CHECK(transport->canceled == 1);
  CHECK(proxy().figures().flights == 0);
  CHECK(proxy().figures().requests == 0);
  CHECK(proxy().figures().under_way == 0);
  CHECK(first->size() + second->size() == 2);
  start(shared_call());
  CHECK(sent() == 2);
}

TEST_CASE_FIXTURE(CollapseFixture, "all get its error") {
  const Slot first = start(shared_call());
  const Slot second = start(shared_call());
  transport->answer(failed(HttpFailure::kConnect));
  CHECK(code(first->front()) == codes::kConnect);
  CHECK(code(second->front()) == codes::kConnect);
}

TEST_CASE_FIXTURE(CollapseFixture, "stop() ends those that wait too") {
  const Slot first = start(shared_call());
  const Slot second = start(shared_call());
  proxy().stop();
  CHECK(first->size() == 1);
  CHECK(second->size() == 1);
  CHECK(code(second->front()) == codes::kCanceled);
  CHECK(proxy().figures().requests == 0);
}

TEST_CASE_FIXTURE(CollapseFixture, "a flight has a token of its own to renew") {
  access.tokens = tokens;
  freeze();
  tokens->next = {proxy::AccessToken{"old-token"}, proxy::AccessToken{"old-token"},
                  proxy::AccessToken{"new-token"}};
  auto made = shared_call();
  made.oauth = "crm";
  made.plan = [](std::optional<std::string_view> token) -> proxy::Planned {
    auto planned = plan();
    planned.headers = {{"authorization", "Bearer " + std::string(*token)}};
    return planned;
  };
  const Slot first = start(made);
  const Slot second = start(made);
  transport->answer(response(401));
  transport->answer(response(200, "new-token"));
  REQUIRE(first->size() == 1);
  CHECK(*first->front().body == "[secret]");
  CHECK(*second->front().body == "[secret]");
  CHECK(sent() == 2);
}

TEST_CASE_FIXTURE(CollapseFixture, "one with a cache leaves its answer there") {
  auto made = shared_call();
  made.cache = proxy::CacheMode::kDefault;
  const Slot first = start(made);
  const Slot second = start(made);
  transport->answer(response(200, "one", {{"Cache-Control", "max-age=60"}}));
  CHECK(first->front().record.cache == "stored");
  CHECK(second->front().record.cache == "collapsed");
  CHECK(ask(made).record.cache == "fresh");
  CHECK(sent() == 1);
}

}  // namespace
}  // namespace sublet::test

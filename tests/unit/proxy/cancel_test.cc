// SPDX-License-Identifier: Apache-2.0
#include "proxy_fixture.h"

namespace sublet::test {
namespace {

namespace codes = proxy::codes;

TEST_CASE_FIXTURE(ProxyFixture, "canceled while it is sent: once, at once, and the transport too") {
  const Slot slot = start(plan());
  proxy().cancel(last_id);
  REQUIRE(slot->size() == 1);
  CHECK(code(slot->front()) == codes::kCanceled);
  CHECK(slot->front().record.attempts == 1);
  CHECK(transport->canceled == 1);
  CHECK(proxy().figures().under_way == 0);
  CHECK(proxy().figures().requests == 0);
  proxy().cancel(last_id);
  proxy().cancel(999);
  CHECK(slot->size() == 1);
  CHECK(changes.empty());
}

TEST_CASE_FIXTURE(ProxyFixture, "canceled while the name is asked for") {
  resolver->holds = true;
  const Slot slot = start(plan());
  CHECK(proxy().figures().under_way == 1);
  proxy().cancel(last_id);
  REQUIRE(slot->size() == 1);
  CHECK(proxy().figures().under_way == 0);
  CHECK(timers.waiting() == 0);
  resolver->answer(std::vector<std::string>{"93.184.216.34"});
  CHECK(transport->sent.empty());
  CHECK(slot->size() == 1);
}

TEST_CASE_FIXTURE(ProxyFixture, "the time passes while the name is asked for") {
  resolver->holds = true;
  auto made = call(plan());
  made.options.timeout = std::chrono::milliseconds(100);
  const Slot slot = start(made);
  timers.advance(99ms);
  CHECK(slot->empty());
  timers.advance(1ms);
  REQUIRE(slot->size() == 1);
  CHECK(code(slot->front()) == codes::kTimeoutTotal);
  CHECK(proxy().figures().under_way == 0);
  resolver->answer(Error{ErrorCode::kUnavailable, "late"});
  CHECK(faults.empty());
}

TEST_CASE_FIXTURE(ProxyFixture, "the time of a request is the least of three") {
  always(response(200));
  auto made = call(plan());
  made.options.timeout = std::chrono::minutes(5);
  ask(made);
  CHECK(last_sent().total_timeout == 15s);
  made.options.timeout = std::chrono::seconds(4);
  ask(made);
  CHECK(last_sent().total_timeout == 4s);
  made.deadline = clock.now() + 1500us;
  ask(made);
  CHECK(last_sent().total_timeout == 2ms);
  CHECK(last_sent().connect_timeout == 2ms);
  CHECK(last_sent().first_byte_timeout == 2ms);
  made.deadline = clock.now();
  CHECK(code_of(made) == codes::kTimeoutTotal);
  CHECK(transport->sent.size() == 3);
}

TEST_CASE_FIXTURE(ProxyFixture, "canceled from inside send()") {
  transport->on_send = [this] { proxy().cancel(last_id + 1); };
  always(response(200));
  const Slot slot = start(plan());
  REQUIRE(slot->size() == 1);
  CHECK(code(slot->front()) == codes::kCanceled);
  CHECK(proxy().figures().under_way == 0);
}

TEST_CASE_FIXTURE(ProxyFixture, "a transport that answers twice is heard once") {
  HttpCallback kept;
  const Slot slot = start(plan());
  kept = transport->waiting.begin()->second;
  transport->answer(response(200));
  kept(response(500));
  REQUIRE(slot->size() == 1);
  CHECK(slot->front().status == 200);
}

TEST_CASE_FIXTURE(ProxyFixture, "stop() ends all, and nothing begins after it") {
  resolver->holds = true;
  const Slot first = start(plan());
  const Slot second = start(plan());
  proxy().stop();
  CHECK(first->size() == 1);
  CHECK(second->size() == 1);
  CHECK(code(first->front()) == codes::kCanceled);
  const Slot third = start(plan());
  REQUIRE(third->size() == 1);
  CHECK(code(third->front()) == codes::kCanceled);
  CHECK(proxy().figures().requests == 0);
  proxy().stop();
}

TEST_CASE_FIXTURE(ProxyFixture, "a callback may start, cancel and stop") {
  always(response(200));
  int answered = 0;
  const auto policy = std::make_shared<const proxy::RequestAccess>(access);
  proxy().start(policy, call(plan()), [&](const proxy::RequestAnswer&) {
    ++answered;
    proxy().start(policy, call(plan()), [&](const proxy::RequestAnswer&) {
      ++answered;
      proxy().stop();
    });
  });
  CHECK(answered == 2);
}

TEST_CASE_FIXTURE(ProxyFixture, "the proxy may go while an answer is under way") {
  const Slot slot = start(plan());
  made.reset();
  REQUIRE(slot->size() == 1);
  CHECK(code(slot->front()) == codes::kCanceled);
}

TEST_CASE_FIXTURE(ProxyFixture, "what the plan holds is let go with the answer") {
  const auto held = std::make_shared<int>(0);
  auto made = call(plan());
  made.plan = [held](std::optional<std::string_view>) -> proxy::Planned { return plan(); };
  const Slot slot = start(std::move(made));
  CHECK(held.use_count() == 2);
  proxy().cancel(last_id);
  CHECK(held.use_count() == 1);
}

}  // namespace
}  // namespace sublet::test

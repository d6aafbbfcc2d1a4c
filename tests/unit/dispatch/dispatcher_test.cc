// SPDX-License-Identifier: Apache-2.0
#include "dispatch/dispatcher.h"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "test_bed.h"

using namespace sublet;
using namespace sublet::test;

TEST_CASE("dispatcher: an answer comes with its record") {
  TestBed bed;
  bed.engine->on("answer", [](FakeTurn&) { return FakeTurn::answers("{\"a\":1}"); });
  bed.start();
  const auto acme = bed.extension("acme", {"answer"});
  const InvocationResult result = bed.run(acme);
  CHECK(result.outcome == Outcome::kOk);
  CHECK(result.json == "{\"a\":1}");
  CHECK_FALSE(result.error.has_value());
  CHECK(result.tenant == "acme");
  CHECK(result.extension == "extension");
  CHECK(result.extension_version == "1.0.0");
  CHECK(result.event == "onEvent");
  CHECK(result.event_id == "e1");
  CHECK(result.usage.turns == 1);
  CHECK(result.usage.cold);
  CHECK(result.usage.queue_time.count() > 0);
  CHECK(result.usage.wall_time.count() > 0);
  CHECK(result.usage.peak_heap == Bytes::kibibytes(512));
  CHECK(bed.observer.outcomes() == std::vector<Outcome>{Outcome::kOk});
  bed.dispatcher->shutdown();
  CHECK(bed.counts->isolates == 0);
  CHECK(bed.counts->contexts == 0);
  CHECK(bed.counts->violations == 0);
}

TEST_CASE("dispatcher: what the handler throws is the outcome, and the fallback the answer") {
  TestBed bed;
  bed.engine->on("fail", [](FakeTurn&) { return FakeTurn::throws("no"); });
  bed.start();
  InvokeOptions options;
  options.fallback = "{\"allow\":true}";
  const InvocationResult result = bed.run(bed.extension("acme", {"fail"}), 0, options);
  CHECK(result.outcome == Outcome::kException);
  REQUIRE(result.error.has_value());
  CHECK(result.error->message == "no");
  CHECK(result.used_fallback);
  CHECK(result.json == "{\"allow\":true}");
}

TEST_CASE("dispatcher: a fresh context for every invocation, whoever comes at once") {
  TestBed bed;
  bed.engine->on("answer", [](FakeTurn&) { return FakeTurn::answers("1"); });
  bed.start();
  const auto acme = bed.extension("acme", {"answer"});
  std::vector<std::future<InvocationResult>> all;
  for (int i = 0; i < 200; ++i) all.push_back(bed.start_one(acme));
  for (auto& each : all) CHECK(each.get().outcome == Outcome::kOk);
  CHECK(bed.counts->starts == 200);
  CHECK(bed.counts->violations == 0);
}

TEST_CASE("dispatcher: a tenant's state and a frozen realm keep one context") {
  for (const bool frozen : {false, true}) {
    TestBed bed;
    bed.engine->on("answer", [](FakeTurn&) { return FakeTurn::answers("1"); });
    bed.start();
    const auto acme =
        bed.extension("acme", {"answer"}, {}, frozen ? State::kInvocation : State::kTenant,
                      frozen ? Realm::kFrozen : Realm::kStandard);
    for (int i = 0; i < 20; ++i) CHECK(bed.run(acme).outcome == Outcome::kOk);
    CHECK(bed.counts->loads == 1);
    CHECK(bed.counts->violations == 0);
  }
}

TEST_CASE("dispatcher: an awaiting invocation holds no worker, and many await at once") {
  TestBed bed;
  bed.options.workers = 1;
  std::mutex mutex;
  std::vector<HostCallAnswer> answers;
  auto added = bed.functions->add_async("later", [&](const HostCall&, HostCallAnswer answer) {
    const std::lock_guard<std::mutex> lock(mutex);
    answers.push_back(std::move(answer));
  });
  REQUIRE(added.has_value());
  bed.engine->on("wait", [](FakeTurn& turn) {
    if (turn.number == 1) {
      turn.port.start_call("host:later", "[]");
      return FakeTurn::awaits();
    }
    return FakeTurn::answers(turn.completions[0].text);
  });
  bed.engine->on("answer", [](FakeTurn&) { return FakeTurn::answers("1"); });
  bed.start();
  TenantPolicy policy;
  policy.limits.wall_time = milliseconds(10'000);
  const auto acme = bed.extension("acme", {"wait", "answer"}, policy);
  std::vector<std::future<InvocationResult>> waiting;
  for (int i = 0; i < 8; ++i) waiting.push_back(bed.start_one(acme, 0));
  CHECK(bed.run(acme, 1).outcome == Outcome::kOk);
  CHECK(bed.stats().invocations_awaiting == 8);
  std::vector<HostCallAnswer> taken;
  {
    const std::lock_guard<std::mutex> lock(mutex);
    taken = answers;
  }
  REQUIRE(taken.size() == 8);
  for (const auto& answer : taken) answer.resolve("42");
  for (auto& each : waiting) {
    const InvocationResult result = each.get();
    CHECK(result.outcome == Outcome::kOk);
    CHECK(result.json == "42");
    CHECK(result.usage.turns == 2);
    CHECK(result.usage.host_calls == 1);
  }
  CHECK(bed.stats().invocations_awaiting == 0);
  bed.dispatcher->shutdown();
  CHECK(bed.counts->violations == 0);
}

TEST_CASE("dispatcher: a stop request cancels what waits, runs or awaits, once") {
  TestBed bed;
  bed.options.workers = 1;
  bed.engine->on("spin", [](FakeTurn& turn) { return turn.spins(); });
  bed.engine->on("wait", [](FakeTurn& turn) {
    turn.port.start_timer(milliseconds(60'000));
    return FakeTurn::awaits();
  });
  bed.engine->on("answer", [](FakeTurn&) { return FakeTurn::answers("1"); });
  bed.start();
  TenantPolicy policy;
  policy.limits.cpu_time = milliseconds(20'000);
  policy.limits.wall_time = milliseconds(20'000);
  const auto acme = bed.extension("acme", {"spin", "wait", "answer"}, policy);

  std::stop_source before;
  before.request_stop();
  InvokeOptions options;
  options.stop = before.get_token();
  CHECK(bed.run(acme, 2, options).outcome == Outcome::kCanceled);

  std::stop_source awaiting;
  options.stop = awaiting.get_token();
  auto waits = bed.start_one(acme, 1, options);
  CHECK(bed.run(acme, 2).outcome == Outcome::kOk);  // after which the other one awaits
  awaiting.request_stop();
  CHECK(waits.get().outcome == Outcome::kCanceled);

  std::stop_source running;
  std::stop_source queued;
  options.stop = running.get_token();
  auto spins = bed.start_one(acme, 0, options);
  options.stop = queued.get_token();
  auto queues = bed.start_one(acme, 2, options);
  queued.request_stop();
  CHECK(queues.get().outcome == Outcome::kCanceled);
  running.request_stop();
  CHECK(spins.get().outcome == Outcome::kCanceled);
  CHECK(bed.run(acme, 2).outcome == Outcome::kOk);
  CHECK(bed.dispatcher->drain(milliseconds(10'000)));
  CHECK(bed.stats().invocations_accepted == bed.stats().invocations_finished);
}

TEST_CASE("dispatcher: a call goes before the durable events that wait") {
  TestBed bed;
  bed.options.workers = 1;
  std::promise<void> open;
  const std::shared_future<void> gate = open.get_future().share();
  bed.engine->on("hold", [gate](FakeTurn&) {
    gate.wait();
    return FakeTurn::answers("0");
  });
  bed.engine->on("event", [](FakeTurn&) { return FakeTurn::answers("1"); });
  bed.engine->on("call", [](FakeTurn&) { return FakeTurn::answers("2"); });
  bed.start();
  TenantPolicy policy;
  policy.limits.wall_time = milliseconds(600'000);
  policy.limits.cpu_time = milliseconds(60'000);
  policy.queue_time = milliseconds(600'000);
  const auto acme = bed.extension("acme", {"hold", "event", "call"}, policy);
  base::Mutex mutex;
  std::string order;
  std::promise<void> all;
  const auto note = [&](InvocationResult result) {
    base::MutexLock lock(mutex);
    order += result.json;
    if (order.size() == 6) all.set_value();
  };
  REQUIRE(bed.submit(acme, 0, note));
  for (int i = 0; i < 3; ++i) REQUIRE(bed.submit(acme, 1, note, {}, runtime::Lane::kEvent));
  for (int i = 0; i < 2; ++i) REQUIRE(bed.submit(acme, 2, note));
  open.set_value();
  all.get_future().wait();
  CHECK(order == "022111");
}

TEST_CASE("dispatcher: uninstalling ends what waits as handler_not_found") {
  TestBed bed;
  bed.options.workers = 1;
  Gate gate;
  bed.engine->on("hold", [&](FakeTurn&) {
    gate.wait();
    return FakeTurn::answers("1");
  });
  bed.start();
  TenantPolicy policy;
  policy.limits.cpu_time = milliseconds(20'000);
  policy.limits.wall_time = milliseconds(20'000);
  auto acme = bed.extension("acme", {"hold"}, policy);
  auto runs = bed.start_one(acme);
  gate.await_waiting();
  auto queued = bed.start_one(acme);
  bed.dispatcher->retire(*acme, true);
  bed.dispatcher->release_isolate(*acme->tenant);
  CHECK(queued.get().outcome == Outcome::kHandlerNotFound);
  gate.open();
  CHECK(runs.get().outcome == Outcome::kOk);
  bed.observer.await_ends(1);
  CHECK(bed.observer.ends() == std::vector<IsolateEnd>{IsolateEnd::kReplaced});
}

TEST_CASE("dispatcher: loading for an install reports, and keeps the context") {
  TestBed bed;
  bed.engine->on("answer", [](FakeTurn&) { return FakeTurn::answers("1"); });
  std::atomic<bool> broken{true};
  bed.engine->on_load([&](FakeIsolate&) {
    engine::LoadReport report;
    report.ok = !broken;
    report.outcome = Outcome::kCompileError;
    if (broken) report.error = GuestError{"SyntaxError", "a.js:1:1", ""};
    return report;
  });
  bed.start();
  const auto acme = bed.extension("acme", {"answer"});
  const auto load = [&] {
    std::promise<engine::LoadReport> promise;
    auto accepted = bed.dispatcher->load(
        acme, [&](engine::LoadReport report) { promise.set_value(std::move(report)); });
    REQUIRE(accepted.has_value());
    return promise.get_future().get();
  };
  CHECK_FALSE(load().ok);
  CHECK(bed.run(acme).outcome == Outcome::kCompileError);
  broken = false;
  CHECK(load().ok);
  const InvocationResult result = bed.run(acme);
  CHECK(result.outcome == Outcome::kOk);
  CHECK_FALSE(result.usage.cold);
}

TEST_CASE("dispatcher: an engine that makes no isolate yields internal_error, and is told") {
  TestBed bed;
  bed.engine->on("answer", [](FakeTurn&) { return FakeTurn::answers("1"); });
  bed.engine->refuse_isolates(true);
  bed.start();
  const auto acme = bed.extension("acme", {"answer"});
  CHECK(bed.run(acme).outcome == Outcome::kInternalError);
  CHECK(bed.observer.errors() == std::vector<std::string>{"isolate"});
  bed.engine->refuse_isolates(false);
  CHECK(bed.run(acme).outcome == Outcome::kOk);
}

TEST_CASE("dispatcher: what a completion throws is told to the observer") {
  TestBed bed;
  bed.engine->on("answer", [](FakeTurn&) { return FakeTurn::answers("1"); });
  bed.start();
  const auto acme = bed.extension("acme", {"answer"});
  auto accepted = bed.submit(acme, 0, [](InvocationResult) { throw std::runtime_error("mine"); });
  CHECK(accepted.has_value());
  CHECK(bed.dispatcher->drain(milliseconds(10'000)));
  CHECK(bed.observer.errors() == std::vector<std::string>{"completion"});
}

TEST_CASE("dispatcher: draining waits, refuses, and can be taken back") {
  TestBed bed;
  Gate gate;
  bed.engine->on("hold", [&](FakeTurn&) {
    gate.wait();
    return FakeTurn::answers("1");
  });
  bed.start();
  TenantPolicy policy;
  policy.limits.cpu_time = milliseconds(20'000);
  policy.limits.wall_time = milliseconds(20'000);
  const auto acme = bed.extension("acme", {"hold"}, policy);
  auto runs = bed.start_one(acme);
  gate.await_waiting();
  CHECK_FALSE(bed.dispatcher->drain(milliseconds(1)));
  auto refused = bed.submit(acme, 0, [](InvocationResult) { FAIL("was not accepted"); });
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::kFailedPrecondition);
  gate.open();
  CHECK(bed.dispatcher->drain(milliseconds(10'000)));
  CHECK(runs.get().outcome == Outcome::kOk);
  bed.dispatcher->accept_again();
  CHECK(bed.run(acme).outcome == Outcome::kOk);
}

TEST_CASE("dispatcher: shutdown ends everything as canceled, exactly once") {
  TestBed bed;
  bed.options.workers = 1;
  Gate started;
  started.open();
  bed.engine->on("wait", [](FakeTurn& turn) {
    turn.port.start_timer(milliseconds(60'000));
    return FakeTurn::awaits();
  });
  bed.engine->on("spin", [&](FakeTurn& turn) {
    started.wait();
    return turn.spins();
  });
  bed.start();
  TenantPolicy policy;
  policy.limits.cpu_time = milliseconds(20'000);
  policy.limits.wall_time = milliseconds(20'000);
  const auto acme = bed.extension("acme", {"wait", "spin"}, policy);
  std::atomic<int> canceled{0};
  for (const std::size_t handler : {0, 0, 1, 1, 0}) {
    auto accepted = bed.submit(acme, handler, [&](InvocationResult result) {
      if (result.outcome == Outcome::kCanceled) ++canceled;
    });
    CHECK(accepted.has_value());
  }
  started.await_waiting();
  bed.dispatcher->shutdown();
  CHECK(canceled == 5);
  CHECK(bed.counts->isolates == 0);
  CHECK(bed.counts->violations == 0);
  CHECK_FALSE(bed.submit(acme, 0, [](InvocationResult) {}).has_value());
}

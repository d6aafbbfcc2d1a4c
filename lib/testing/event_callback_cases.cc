// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <memory>

#include "testing/event_queue_trial.h"
#include "testing/last_owner.h"

// Each call is answered once, an answer may lead to the next call, and the queue may end meanwhile.
namespace sublet::testing::conformance {
namespace {

// Told by a callback that it has come, and with what.
Pending<std::uint64_t> chain_end(const char* name) {
  return std::make_shared<Call<std::uint64_t>>(name,
                                               std::make_shared<std::atomic<std::uint64_t>>(0));
}

// A callback that ends the chain with its error, or goes on.
template <typename T, typename Next>
std::function<void(Result<T>)> then(const Pending<std::uint64_t>& done, Next next) {
  return [done, next](Result<T> result) {
    if (!result) return done->answer(std::move(result).error());
    next(*std::move(result));
  };
}

void enqueues_from_enqueues(EventTrial& trial) {
  constexpr std::uint64_t kCalls = 30;
  const auto done = chain_end("a chain of enqueues");
  // Refers to itself, and lives until the chain has ended.
  const auto next = std::make_shared<std::function<void(std::uint64_t)>>();
  EventQueue& queue = trial.queue();
  *next = [&queue, done, weak = std::weak_ptr(next)](std::uint64_t i) {
    const auto self = weak.lock();
    if (self == nullptr) return;
    if (i == kCalls) return done->answer(i);
    queue.enqueue({unit_of({event(std::to_string(i))})},
                  then<std::vector<EventEnqueued>>(done, [self, i](auto) { (*self)(i + 1); }));
  };
  (*next)(0);
  expect_equal("the length of the chain", trial.value(done), kCalls);
  expect_equal("the deliveries", trial.count(), EventCounts{kCalls, 0, 0, 0});
}

EventClaim claim_of() {
  EventClaim request;
  request.from = {{event_queue(), 10}};
  return request;
}

void calls_from_the_life_of_one(EventTrial& trial) {
  const auto done = chain_end("a chain of a delivery's life");
  EventQueue& queue = trial.queue();
  const auto completed = [done](const EventCompletionPage& page) {
    done->answer(std::uint64_t{page.completions.size()});
  };
  const auto settled = [&queue, done, completed](const std::vector<bool>&) {
    queue.completions({}, 10, then<EventCompletionPage>(done, completed));
  };
  const auto extended = [&queue, done, settled](EventDelivery delivery) {
    return [&queue, done, settled, delivery](const std::vector<bool>&) {
      EventSettlement settlement = settlement_of(delivery);
      settlement.completion = "done";
      queue.settle({settlement}, then<std::vector<bool>>(done, settled));
    };
  };
  const auto claimed = [&queue, done, extended](const Deliveries& deliveries) {
    if (deliveries.empty()) return done->answer(std::uint64_t{0});
    queue.extend({lease_of(deliveries[0])}, EventQueue::kMaxLease,
                 then<std::vector<bool>>(done, extended(deliveries[0])));
  };
  const auto ready = [&queue, done, claimed](const EventReadyPage&) {
    queue.claim(claim_of(), then<Deliveries>(done, claimed));
  };
  queue.enqueue({unit_of({event("a")})},
                then<std::vector<EventEnqueued>>(done, [&queue, done, ready](const auto&) {
                  queue.ready({}, 10, then<EventReadyPage>(done, ready));
                }));
  expect_equal("the completions at the chain's end", trial.value(done), std::uint64_t{1});
}

void calls_from_the_rest(EventTrial& trial) {
  trial.enqueue({event("a")});
  const auto done = chain_end("a chain of different calls");
  EventQueue& queue = trial.queue();
  const auto erased = [&queue, done](std::uint64_t) {
    queue.count({}, then<EventCounts>(done, [done](const EventCounts& counts) {
                  done->answer(counts.waiting + counts.dead);
                }));
  };
  const auto due = [&queue, done, erased](const std::vector<EventRecord>&) {
    queue.erase(kEventTenant, 100, then<std::uint64_t>(done, erased));
  };
  const auto read = [&queue, done, due](const std::vector<EventRecord>&) {
    queue.due_records("kind", 10, then<std::vector<EventRecord>>(done, due));
  };
  const auto written = [&queue, done, read](const EventEnqueued&) {
    queue.read_records("kind", {}, {}, 10, then<std::vector<EventRecord>>(done, read));
  };
  const auto forgotten = [&queue, done, written](std::uint64_t) {
    queue.write_records({record_write("r", "1")}, then<EventEnqueued>(done, written));
  };
  const auto purged = [&queue, done, forgotten](std::uint64_t) {
    queue.forget_completions({}, 10, then<std::uint64_t>(done, forgotten));
  };
  const auto replayed = [&queue, done, purged](std::uint64_t) {
    queue.purge({}, true, 10, then<std::uint64_t>(done, purged));
  };
  const auto buried = [&queue, done, replayed](std::uint64_t) {
    queue.replay({}, 10, then<std::uint64_t>(done, replayed));
  };
  queue.peek({}, then<Deliveries>(done, [&queue, done, buried](const Deliveries&) {
               queue.bury({}, "reason", 10, {}, then<std::uint64_t>(done, buried));
             }));
  expect_equal("what is left at the chain's end", trial.value(done), std::uint64_t{0});
}

void calls_from_refusals(EventTrial& trial) {
  const auto done = chain_end("a call from a refusal");
  EventQueue& queue = trial.queue();
  queue.claim({}, [&queue, done](Result<Deliveries> result) {
    if (result) return done->answer(Error{ErrorCode::kInternal, "the request was not refused"});
    queue.count({}, then<EventCounts>(
                        done, [done](const EventCounts& counts) { done->answer(counts.waiting); }));
  });
  expect_equal("the deliveries", trial.value(done), std::uint64_t{0});
}

// Some of each, none of them waited for.
void start_some(EventTrial& trial) {
  for (int i = 0; i < 40; ++i) {
    trial.start_enqueue({unit_of({event(std::to_string(i), i % 2 == 0 ? "key" : "")})});
    trial.start_claim(claim_of());
    trial.start_settle({EventSettlement{}});
    trial.start_ready({}, 10);
    trial.start_peek({});
    trial.start_count({});
    trial.start_completions({}, 10);
    trial.start_write({record_write(std::to_string(i), "1")});
    trial.start_due("kind", 10);
    trial.start_erase("other", 10);
  }
}

void a_queue_that_ends_answers(EventTrial& trial) {
  start_some(trial);
  std::vector<Pending<std::vector<EventEnqueued>>> writes;
  std::vector<Pending<Deliveries>> reads;
  for (int i = 0; i < 60; ++i) {
    writes.push_back(trial.start_enqueue({unit_of({event(std::to_string(i))})}));
    reads.push_back(trial.start_peek({}));
  }
  trial.close();
  const auto check = [&](const auto& calls, bool is_write) {
    for (const auto& call : calls) {
      const auto result = trial.wait(call);
      if (result.has_value() || result.error().code == ErrorCode::kUnavailable) continue;
      if (is_write && result.error().code == ErrorCode::kIndeterminate) continue;
      fail(call->name() + " as the queue ends: expected an answer or kUnavailable, found " +
           show(result.error()));
    }
  };
  check(writes, true);
  check(reads, false);
}

void a_queue_that_nobody_called(EventTrial& trial) { trial.close(); }

// start(queue, callback) begins the call.
template <typename T, typename Start>
void ends_in_answer(EventTrial& trial, const char* name, bool is_refused, Start&& start) {
  start_some(trial);
  const auto call =
      std::make_shared<Call<T>>(name, std::make_shared<std::atomic<std::uint64_t>>(0));
  const auto owner = std::make_shared<LastOwner<EventQueue>>(trial.take_queue());
  start(owner->adapter(), [owner, call](Result<T> result) {
    owner->let_go();
    call->answer(std::move(result));
  });
  owner->call_returned();
  const Result<T> result = trial.wait(call);
  expect_equal("whether the call is refused", !result.has_value(), is_refused);
  trial.close();
  expect_equal("the number of answers", call->answers(), std::uint64_t{1});
}

void ends_in_an_enqueue(EventTrial& trial) {
  ends_in_answer<std::vector<EventEnqueued>>(
      trial, "enqueue", false,
      [](EventQueue& queue, auto done) { queue.enqueue({unit_of({event("last")})}, done); });
}

void ends_in_a_claim(EventTrial& trial) {
  ends_in_answer<Deliveries>(trial, "claim", false,
                             [](EventQueue& queue, auto done) { queue.claim(claim_of(), done); });
}

void ends_in_a_read(EventTrial& trial) {
  ends_in_answer<EventCounts>(trial, "count", false,
                              [](EventQueue& queue, auto done) { queue.count({}, done); });
}

void ends_in_a_refusal(EventTrial& trial) {
  ends_in_answer<Deliveries>(trial, "claim", true,
                             [](EventQueue& queue, auto done) { queue.claim({}, done); });
}

}  // namespace

std::vector<EventCase> event_callback_cases() {
  return {
      {"callbacks: an enqueue from the answer of another", enqueues_from_enqueues},
      {"callbacks: the life of a delivery", calls_from_the_life_of_one},
      {"callbacks: every other call from the answer of another", calls_from_the_rest},
      {"callbacks: a call from a refusal", calls_from_refusals},
      {"callbacks: a queue that ends answers what is under way", a_queue_that_ends_answers},
      {"callbacks: a queue that nobody called ends", a_queue_that_nobody_called},
      {"last owner: it goes inside the answer of an enqueue", ends_in_an_enqueue},
      {"last owner: it goes inside the answer of a claim", ends_in_a_claim},
      {"last owner: it goes inside the answer of a read", ends_in_a_read},
      {"last owner: it goes inside a refusal", ends_in_a_refusal},
  };
}

}  // namespace sublet::testing::conformance

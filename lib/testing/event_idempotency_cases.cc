// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>

#include "testing/event_queue_trial.h"

// What is enqueued again with the same key.
namespace sublet::testing::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

EventEnqueue keyed(std::string id, std::string key = "key", std::string tenant = kEventTenant) {
  EventEnqueue unit =
      unit_of({event(std::move(id), {}, event_queue("event", "extension", std::move(tenant)))},
              std::move(key));
  unit.idempotency_window = seconds(10);
  return unit;
}

void expect_new(EventTrial& trial, EventEnqueue unit) {
  const EventEnqueued answer = trial.enqueue_unit(std::move(unit));
  expect_equal("the status", answer.status, EventStatus::kEnqueued);
}

void expect_duplicate(EventTrial& trial, EventEnqueue unit, const std::string& of) {
  const EventEnqueued answer = trial.enqueue_unit(std::move(unit));
  expect_equal("the status", answer.status, EventStatus::kDuplicate);
  expect_equal("the first one's event", answer.event_id, of);
  expect_equal("the ids", answer.ids, std::vector<std::uint64_t>{});
}

void nothing_is_done_again(EventTrial& trial) {
  expect_new(trial, keyed("a"));
  EventEnqueue again = keyed("b");
  again.records = {record_write("r", "1")};
  expect_duplicate(trial, again, "a");
  expect_equal("the events", ids_of(trial.peek()), Strings{"a"});
  expect(!trial.record_named("r").has_value(), "no record of a duplicate is there");
  expect_new(trial, keyed("c", "other key"));
  expect_new(trial, keyed("d", "key "));
  expect_new(trial, keyed("e", "Key"));
  expect_new(trial, keyed("f", {}));
  expect_new(trial, keyed("f", {}));
}

void it_ends(EventTrial& trial) {
  expect_new(trial, keyed("a"));
  trial.advance(seconds(10) - milliseconds(1));
  expect_duplicate(trial, keyed("b"), "a");
  trial.advance(milliseconds(1));
  expect_new(trial, keyed("c"));
  trial.advance(seconds(9));
  expect_duplicate(trial, keyed("d"), "c");
}

void a_settled_one_counts(EventTrial& trial) {
  expect_new(trial, keyed("a"));
  trial.done(trial.claim_one("a"));
  expect_duplicate(trial, keyed("b"), "a");
  trial.expect_nothing_due();
}

void of_one_tenant(EventTrial& trial) {
  expect_new(trial, keyed("a"));
  expect_new(trial, keyed("b", "key", "other"));
  expect_duplicate(trial, keyed("c", "key", "other"), "b");
  EventEnqueue elsewhere = keyed("d");
  elsewhere.deliveries[0].queue = event_queue("another event", "another extension");
  expect_duplicate(trial, elsewhere, "a");
}

void in_one_call(EventTrial& trial) {
  const auto answers =
      trial.value(trial.start_enqueue({keyed("a"), keyed("b"), keyed("c", "k"), keyed("d")}));
  expect_equal("the first", answers.at(0).status, EventStatus::kEnqueued);
  expect_equal("the second", answers.at(1).status, EventStatus::kDuplicate);
  expect_equal("its event", answers.at(1).event_id, std::string("a"));
  expect_equal("the third", answers.at(2).status, EventStatus::kEnqueued);
  expect_equal("the fourth", answers.at(3).status, EventStatus::kDuplicate);
  expect_equal("the events", ids_of(trial.peek()), Strings{"a", "c"});
}

void what_was_refused_takes_none(EventTrial& trial) {
  EventEnqueue unit = keyed("a");
  unit.records = {record_write("r", "1", 5)};
  expect_equal("the status", trial.enqueue_unit(unit).status, EventStatus::kConflict);
  expect_new(trial, keyed("b"));
  expect_duplicate(trial, unit, "b");
}

void keys_of_all_bytes(EventTrial& trial) {
  expect_new(trial, keyed("a", std::string("k\0a", 3)));
  expect_new(trial, keyed("b", std::string("k\0b", 3)));
  expect_new(trial, keyed("c", "k"));
  expect_new(trial, keyed("d", "\xFF\xFE"));
  expect_new(trial, keyed("e", std::string(EventQueue::kMaxKeyBytes, 'k')));
  expect_duplicate(trial, keyed("f", std::string("k\0b", 3)), "b");
  expect_duplicate(trial, keyed("f", "\xFF\xFE"), "d");
  expect_duplicate(trial, keyed("f", std::string(EventQueue::kMaxKeyBytes, 'k')), "e");
}

}  // namespace

std::vector<EventCase> event_idempotency_cases() {
  return {
      {"idempotency: nothing is done again", nothing_is_done_again},
      {"idempotency: it ends with the window", it_ends},
      {"idempotency: what was settled counts", a_settled_one_counts},
      {"idempotency: keys are of one tenant", of_one_tenant},
      {"idempotency: units of one call", in_one_call},
      {"idempotency: a unit that was refused takes no key", what_was_refused_takes_none},
      {"idempotency: keys of all bytes", keys_of_all_bytes},
  };
}

}  // namespace sublet::testing::conformance

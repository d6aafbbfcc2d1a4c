// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <chrono>
#include <set>
#include <string>

#include "testing/event_queue_trial.h"

// Completions and their cursor.
namespace sublet::testing::conformance {
namespace {

using std::chrono::seconds;

bool complete(EventTrial& trial, const EventDelivery& delivery, EventKind kind,
              std::string content) {
  EventSettlement settlement = settlement_of(delivery, kind);
  settlement.completion = std::move(content);
  return trial.settle(std::move(settlement));
}

// Enqueues and completes some, one after the other.
void complete_all(EventTrial& trial, const Strings& contents,
                  const std::string& tenant = kEventTenant) {
  for (const std::string& content : contents) {
    const EventQueueName queue = event_queue("event", "extension", tenant);
    trial.enqueue({event("e", {}, queue)});
    complete(trial, trial.claim_one("e", queue), EventKind::kDone, content);
  }
}

void what_they_tell(EventTrial& trial) {
  const std::string content("content\0\xFF\xC3\xA9", 11);
  complete_all(trial, {content}, "other");
  const EventCompletionPage page = trial.completions();
  expect_equal("the number", std::uint64_t{page.completions.size()}, std::uint64_t{1});
  expect_equal("the content", page.completions[0].content, content);
  expect_equal("the tenant", page.completions[0].tenant, std::string("other"));
  expect_equal("the time", page.completions[0].at, trial.now());
  expect(!page.completions[0].cursor.empty(), "a completion has a cursor");
  expect_equal("the page's cursor", page.cursor, page.completions[0].cursor);
}

void of_done_and_dead(EventTrial& trial) {
  trial.enqueue({event("a"), event("b"), event("c"), event("d"), event("e")});
  const Deliveries claimed = trial.claim();
  complete(trial, claimed.at(0), EventKind::kRetry, "no");
  complete(trial, claimed.at(1), EventKind::kRelease, "no");
  complete(trial, claimed.at(2), EventKind::kDone, "done");
  complete(trial, claimed.at(3), EventKind::kDead, "dead");
  complete(trial, claimed.at(4), EventKind::kDone, "");
  complete(trial, claimed.at(2), EventKind::kDone, "again");
  expect_equal("the completions", trial.contents(), Strings{"done", "dead"});
}

void by_pages(EventTrial& trial) {
  Strings expected;
  for (int i = 0; i < 25; ++i) expected.push_back(std::to_string(i));
  complete_all(trial, expected);
  Strings found;
  std::string cursor;
  for (int i = 0; i < 10; ++i) {
    const EventCompletionPage page = trial.completions(cursor, 10);
    for (const EventCompletion& one : page.completions) found.push_back(one.content);
    if (page.completions.empty()) expect_equal("the cursor of an empty page", page.cursor, cursor);
    cursor = page.cursor;
  }
  expect_equal("the completions", found, expected);
  complete_all(trial, {"more"});
  const EventCompletionPage page = trial.completions(cursor);
  expect_equal("the number after", std::uint64_t{page.completions.size()}, std::uint64_t{1});
  expect_equal("what came after", page.completions[0].content, std::string("more"));
  const auto middle = trial.completions({}, 10).completions;
  expect_equal("what is after a completion's cursor",
               trial.completions(middle.at(4).cursor, 1).completions.at(0).content,
               std::string("5"));
}

void from_before_the_first(EventTrial& trial) {
  const EventCompletionPage empty = trial.completions();
  expect_equal("completions", std::uint64_t{empty.completions.size()}, std::uint64_t{0});
  complete_all(trial, {"a"});
  expect_equal("what came after", std::uint64_t{trial.completions(empty.cursor).completions.size()},
               std::uint64_t{1});
}

void in_one_call(EventTrial& trial) {
  std::vector<NewDelivery> added;
  Strings expected;
  for (int i = 0; i < 50; ++i) {
    expected.push_back(std::to_string(i));
    added.push_back(event(expected.back()));
  }
  trial.enqueue(added);
  std::vector<EventSettlement> settlements;
  for (const EventDelivery& delivery : trial.claim()) {
    settlements.push_back(settlement_of(delivery));
    settlements.back().completion = delivery.event_id;
  }
  trial.value(trial.start_settle(settlements));
  expect_equal("the completions", trial.contents(), expected);
}

void of_the_buried(EventTrial& trial) {
  trial.enqueue({event("a"), event("b"), event("c")});
  trial.claim(1);
  const auto buried = trial.start_bury(filter_of(), "reason", 2, [](const EventDelivery& found) {
    return found.event_id == "a" ? std::string() : "buried " + found.event_id + found.payload;
  });
  expect_equal("how many were buried", trial.value(buried), std::uint64_t{2});
  expect_equal("the completions", trial.contents(), Strings{"buried bb"});
}

void forgotten(EventTrial& trial) {
  complete_all(trial, {"a", "b", "c"});
  const std::string cursor = trial.completions({}, 2).cursor;
  trial.advance(seconds(1));
  const EventTime middle = trial.now();
  complete_all(trial, {"d"});
  expect_equal("how many were forgotten", trial.value(trial.start_forget(middle, 2)),
               std::uint64_t{2});
  expect_equal("the rest", trial.contents(), Strings{"c", "d"});
  expect_equal("how many were forgotten", trial.value(trial.start_forget(middle, 2)),
               std::uint64_t{1});
  expect_equal("the rest", trial.contents(), Strings{"d"});
  expect_equal("how many were forgotten", trial.value(trial.start_forget(middle, 2)),
               std::uint64_t{0});
  trial.value(trial.start_forget(middle + seconds(1), 10));
  complete_all(trial, {"e"});
  const auto after = trial.completions(cursor).completions;
  expect_equal("the number after a cursor of before", std::uint64_t{after.size()},
               std::uint64_t{1});
  expect_equal("what is after", after[0].content, std::string("e"));
}

void none_is_passed_over(EventTrial& trial) {
  constexpr int kThreads = 3;
  constexpr int kEach = 30;
  std::vector<NewDelivery> added;
  for (int i = 0; i < kThreads * kEach; ++i) added.push_back(event(std::to_string(i)));
  trial.enqueue(added);
  std::atomic<int> settling{kThreads};
  Strings found;
  trial.in_parallel(kThreads + 1, [&](int thread) {
    if (thread != 0) {
      for (int i = 0; i < kEach; ++i) {
        for (const EventDelivery& delivery : trial.claim(1)) {
          complete(trial, delivery, EventKind::kDone, delivery.event_id);
        }
      }
      --settling;
      return;
    }
    std::string cursor;
    for (bool last = false; !last;) {
      last = settling == 0;
      for (bool more = true; more;) {
        const EventCompletionPage page = trial.completions(cursor, 7);
        for (const EventCompletion& one : page.completions) found.push_back(one.content);
        more = !page.completions.empty();
        cursor = page.cursor;
      }
    }
  });
  expect_equal("the number of completions", std::uint64_t{found.size()},
               std::uint64_t{trial.contents().size()});
  expect_equal("the number of different ones",
               std::uint64_t{std::set<std::string>(found.begin(), found.end()).size()},
               std::uint64_t{found.size()});
  expect_equal("the order for who followed them", found, trial.contents());
  expect_equal("deliveries", trial.count(),
               EventCounts{std::uint64_t{kThreads * kEach} - found.size(), 0, 0, 0});
}

}  // namespace

std::vector<EventCase> event_completion_cases() {
  return {
      {"completions: what they tell", what_they_tell},
      {"completions: of what is done or dead", of_done_and_dead},
      {"completions: by pages", by_pages},
      {"completions: a cursor of before the first", from_before_the_first},
      {"completions: of one call, in its order", in_one_call},
      {"completions: of what was buried", of_the_buried},
      {"completions: forgotten", forgotten},
      {"completions: none is passed over", none_is_passed_over},
  };
}

}  // namespace sublet::testing::conformance

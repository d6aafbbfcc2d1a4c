// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <string>

#include "testing/event_queue_trial.h"

// Which deliveries a filter means: the same for peek, count, replay, bury and purge.
namespace sublet::testing::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Wanted {
  std::string what;
  EventFilter filter;
  Strings ids;  // of the events
};

// Deliveries that differ in all that a filter looks at; their ids.
std::vector<std::uint64_t> enqueue_all(EventTrial& trial) {
  std::vector<std::uint64_t> ids;
  for (const NewDelivery& added :
       {event("a", {}, event_queue("one", "x")), event("b", {}, event_queue("two", "x")),
        event("c", {}, event_queue("one", "")), event("d", "key", event_queue("one", "y")),
        event("e", "key", event_queue("two", "y")),
        event("f", {}, event_queue("one", "x", "other"))}) {
    ids.push_back(trial.enqueue({added}).at(0));
    trial.advance(seconds(1));
  }
  return ids;
}

// `start`: when the first one was enqueued, or died; one second before the next.
std::vector<Wanted> filters(const std::vector<std::uint64_t>& ids, EventTime start) {
  const auto wanted = [](std::string what, Strings events, const auto& change) {
    Wanted made{std::move(what), filter_of(), std::move(events)};
    change(made.filter);
    return made;
  };
  return {
      wanted("a tenant", {"a", "b", "c", "d", "e"}, [](EventFilter&) {}),
      wanted("anybody", {"a", "b", "c", "d", "e", "f"},
             [](EventFilter& filter) { filter.tenant.clear(); }),
      wanted("an extension", {"a", "b"}, [](EventFilter& filter) { filter.extension = "x"; }),
      wanted("no extension", {"c"}, [](EventFilter& filter) { filter.extension = ""; }),
      wanted("an event", {"a", "c", "d"}, [](EventFilter& filter) { filter.event = "one"; }),
      wanted("extension and event", {"e"},
             [](EventFilter& filter) {
               filter.extension = "y";
               filter.event = "two";
             }),
      wanted("an event of anybody", {"a", "c", "d", "f"},
             [](EventFilter& filter) {
               filter.tenant.clear();
               filter.event = "one";
             }),
      wanted("ids", {"b", "d"},
             [&](EventFilter& filter) {
               filter.ids = {ids[3], ids[1], ids[5], ids[5] + 999};
             }),
      wanted("ids and an event", {"d"},
             [&](EventFilter& filter) {
               filter.ids = {ids[3], ids[1]};
               filter.event = "one";
             }),
      wanted("an event's id", {"d"}, [](EventFilter& filter) { filter.event_id = "d"; }),
      wanted("another tenant's event", {}, [](EventFilter& filter) { filter.event_id = "f"; }),
      wanted("since", {"c", "d", "e"},
             [&](EventFilter& filter) { filter.from = start + seconds(2); }),
      wanted("before", {"a", "b"},
             [&](EventFilter& filter) { filter.before = start + seconds(2); }),
      wanted("between", {"b"},
             [&](EventFilter& filter) {
               filter.from = start + milliseconds(1);
               filter.before = start + seconds(2);
             }),
  };
}

void expect_found(EventTrial& trial, const std::vector<Wanted>& all, bool dead) {
  for (const Wanted& wanted : all) {
    expect_equal("what a peek finds of " + wanted.what, ids_of(trial.peek(dead, wanted.filter)),
                 wanted.ids);
    const EventCounts counts = trial.count(wanted.filter);
    const std::uint64_t found =
        dead ? counts.dead : counts.waiting + counts.claimed + counts.blocked;
    expect_equal("what is counted of " + wanted.what, found, std::uint64_t{wanted.ids.size()});
  }
}

void of_deliveries(EventTrial& trial) {
  const EventTime start = trial.now();
  const auto ids = enqueue_all(trial);
  std::vector<Wanted> all = filters(ids, start);
  Wanted reason{"a reason", filter_of(), {}};
  reason.filter.reason = "reason";
  all.push_back(reason);
  trial.claim(1, event_queue("one", "x"));
  expect_found(trial, all, false);
}

// Has each of them die, one after the other.
void bury_all(EventTrial& trial, const std::vector<std::uint64_t>& ids) {
  trial.advance(seconds(100));
  for (const std::uint64_t id : ids) {
    EventFilter filter;
    filter.ids = {id};
    const std::string reason = id == ids[1] ? "age" : "attempts";
    expect_equal("how many were buried", trial.value(trial.start_bury(filter, reason, 1)),
                 std::uint64_t{1});
    trial.advance(seconds(1));
  }
}

void of_dead_letters(EventTrial& trial) {
  const auto ids = enqueue_all(trial);
  const EventTime start = trial.now() + seconds(100);
  bury_all(trial, ids);
  std::vector<Wanted> all = filters(ids, start);
  Wanted reason{"a reason", filter_of(), {"b"}};
  reason.filter.reason = "age";
  all.push_back(reason);
  expect_found(trial, all, true);
}

void of_replays(EventTrial& trial) {
  const auto ids = enqueue_all(trial);
  const EventTime start = trial.now() + seconds(100);
  bury_all(trial, ids);
  EventFilter filter = filter_of();
  filter.reason = "age";
  expect_equal("how many were replayed", trial.value(trial.start_replay(filter, 10)),
               std::uint64_t{1});
  expect_equal("what was replayed", ids_of(trial.peek()), Strings{"b"});
  filter = filter_of();
  filter.from = start + seconds(2);
  filter.before = start + seconds(4);
  expect_equal("how many were replayed", trial.value(trial.start_replay(filter, 10)),
               std::uint64_t{2});
  expect_equal("what is dead still", ids_of(trial.peek(true, {})), Strings{"a", "e", "f"});
}

void of_burials(EventTrial& trial) {
  enqueue_all(trial);
  EventFilter filter = filter_of();
  filter.extension = "";
  expect_equal("how many were buried", trial.value(trial.start_bury(filter, "reason", 10)),
               std::uint64_t{1});
  filter.extension = "y";
  filter.event = "one";
  expect_equal("how many were buried", trial.value(trial.start_bury(filter, "reason", 10)),
               std::uint64_t{1});
  expect_equal("what is dead", ids_of(trial.peek(true, {})), Strings{"c", "d"});
}

void of_purges(EventTrial& trial) {
  const auto ids = enqueue_all(trial);
  EventFilter filter = filter_of();
  filter.ids = {ids[0], ids[5]};
  expect_equal("how many were purged", trial.value(trial.start_purge(filter, false, 10)),
               std::uint64_t{1});
  filter.ids.clear();
  filter.event = "two";
  expect_equal("how many were purged", trial.value(trial.start_purge(filter, false, 10)),
               std::uint64_t{2});
  expect_equal("what is left", ids_of(trial.peek(false, {})), Strings{"c", "d", "f"});
  expect_equal("how many dead ones", trial.value(trial.start_purge({}, true, 10)),
               std::uint64_t{0});
}

}  // namespace

std::vector<EventCase> event_filter_cases() {
  return {
      {"filters: of deliveries", of_deliveries}, {"filters: of dead letters", of_dead_letters},
      {"filters: of replays", of_replays},       {"filters: of burials", of_burials},
      {"filters: of purges", of_purges},
  };
}

}  // namespace sublet::testing::conformance

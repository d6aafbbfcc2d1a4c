// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <chrono>
#include <set>
#include <string>

#include "testing/event_queue_trial.h"

// Records.
namespace sublet::testing::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Strings names_of(const std::vector<EventRecord>& records) {
  Strings names;
  for (const EventRecord& record : records) names.push_back(record.tenant + "/" + record.name);
  return names;
}

EventRecordWrite of_tenant(std::string tenant, EventRecordWrite write) {
  write.tenant = std::move(tenant);
  return write;
}

EventRecordWrite due(std::string name, EventTime at) {
  EventRecordWrite write = record_write(std::move(name), "1");
  write.due_at = at;
  return write;
}

EventRecordWrite expiring(std::string name, milliseconds in) {
  EventRecordWrite write = record_write(std::move(name), "1");
  write.expires_in = in;
  return write;
}

EventRecordWrite at_most(std::uint64_t most, EventRecordWrite write) {
  write.max_in_tenant = most;
  return write;
}

void what_is_written_is_read(EventTrial& trial) {
  EventRecordWrite write = record_write("name", std::string("data\0\xFF", 6));
  write.due_at = trial.now() + seconds(5);
  write.expires_in = seconds(60);
  const std::uint64_t version = trial.write(write);
  const auto found = trial.record_named("name");
  expect(found.has_value(), "the record is there");
  expect_equal("the kind", found->kind, write.kind);
  expect_equal("the tenant", found->tenant, write.tenant);
  expect_equal("the data", found->data, *write.data);
  expect_equal("the version", found->version, version);
  expect_equal("when it is due", found->due_at, write.due_at);
  expect_equal("when it expires", found->expires_at,
               std::optional<EventTime>(trial.now() + seconds(60)));
  trial.write(record_write("name", ""));
  const auto after = trial.record_named("name");
  expect(after.has_value(), "a record of no data is there");
  expect_equal("the data", after->data, std::string());
  expect_equal("when it is due", after->due_at, std::optional<EventTime>());
  expect_equal("when it expires", after->expires_at, std::optional<EventTime>());
}

void versions(EventTrial& trial) {
  trial.expect_status(EventStatus::kConflict, record_write("r", "1", 5));
  const std::uint64_t first = trial.write(record_write("r", "1", 0));
  expect(first != 0, "a version is not 0");
  trial.expect_status(EventStatus::kConflict, record_write("r", "2", 0));
  const std::uint64_t second = trial.write(record_write("r", "2", first));
  expect(second > first, "a version is larger with each write");
  trial.expect_status(EventStatus::kConflict, record_write("r", "3", first));
  trial.expect_status(EventStatus::kConflict, record_write("r", std::nullopt, first));
  expect_equal("the data", trial.record_named("r")->data, std::string("2"));
  const std::uint64_t third = trial.write(record_write("r", "3"));
  expect(third > second, "a version is larger with each write");
  expect_equal("the answer of a removal", trial.write(record_write("r", std::nullopt, third)),
               std::uint64_t{0});
  expect(!trial.record_named("r").has_value(), "a record that was removed is not there");
  trial.expect_status(EventStatus::kConflict, record_write("r", std::nullopt, third));
  trial.write(record_write("r", std::nullopt));
  trial.write(record_write("r", std::nullopt, 0));
  const std::uint64_t fourth = trial.write(record_write("r", "4", 0));
  expect(fourth != first && fourth != second && fourth != third, "no version is given again");
  trial.expect_status(EventStatus::kConflict, record_write("r", "5", third));
}

void together_or_not_at_all(EventTrial& trial) {
  trial.write(record_write("a", "1"));
  EventEnqueued answer = trial.value(trial.start_write(
      {record_write("b", "1"), record_write("a", std::nullopt), record_write("c", "1", 9)}));
  expect_equal("the status", answer.status, EventStatus::kConflict);
  expect_equal("the place", std::uint64_t{answer.failed}, std::uint64_t{2});
  expect_equal("the versions", answer.ids, std::vector<std::uint64_t>{});
  expect_equal("the records", names_of(trial.value(trial.start_read("kind", {}, {}, 10))),
               Strings{"tenant/a"});
  answer = trial.value(trial.start_write(
      {record_write("b", "1"), record_write("a", std::nullopt), record_write("c", "1", 0)}));
  expect_equal("the status", answer.status, EventStatus::kEnqueued);
  expect_equal("the number of versions", std::uint64_t{answer.ids.size()}, std::uint64_t{3});
  expect_equal("the first version", answer.ids[0], trial.record_named("b")->version);
  expect_equal("of what was removed", answer.ids[1], std::uint64_t{0});
  expect_equal("the last version", answer.ids[2], trial.record_named("c")->version);
  expect(!trial.record_named("a").has_value(), "what was removed is not there");
  expect_equal("of no writes", trial.value(trial.start_write({})).status, EventStatus::kEnqueued);
}

void they_expire(EventTrial& trial) {
  trial.write(expiring("a", milliseconds(5000)));
  const std::uint64_t version = trial.write(expiring("b", milliseconds(5000)));
  trial.write(record_write("c", "1"));
  trial.advance(milliseconds(4999));
  expect(trial.record_named("a").has_value(), "a record is there until it expires");
  trial.write(expiring("a", milliseconds(5000)));
  trial.advance(milliseconds(1));
  expect_equal("the records", names_of(trial.value(trial.start_read("kind", {}, {}, 10))),
               Strings{"tenant/a", "tenant/c"});
  trial.expect_status(EventStatus::kConflict, record_write("b", "2", version));
  const std::uint64_t again = trial.write(at_most(3, record_write("b", "2", 0)));
  expect(again != version, "no version is given again");
  trial.expect_status(EventStatus::kOverCount, at_most(3, record_write("d", "1")));
  trial.advance(milliseconds(5000));
  trial.write(at_most(3, record_write("d", "1")));
}

void what_is_due(EventTrial& trial) {
  const EventTime start = trial.now();
  trial.write(due("c", start + seconds(3)));
  trial.write(of_tenant("other", due("a", start + seconds(1))));
  trial.write(due("b", start + seconds(2)));
  trial.write(of_tenant("", due("d", start + seconds(4))));
  trial.write(record_write("never", "1"));
  EventRecordWrite other_kind = due("k", start);
  other_kind.kind = "other kind";
  trial.write(other_kind);
  EventRecordWrite gone = due("gone", start);
  gone.expires_in = seconds(1);
  trial.write(gone);
  const auto found = [&](std::uint32_t limit) {
    return names_of(trial.value(trial.start_due("kind", limit)));
  };
  trial.advance(seconds(2) - milliseconds(1));
  expect_equal("the records that are due", found(10), Strings{"other/a"});
  trial.advance(milliseconds(1));
  expect_equal("the records that are due", found(10), Strings{"other/a", "tenant/b"});
  trial.advance(seconds(10));
  expect_equal("the records that are due", found(10),
               Strings{"other/a", "tenant/b", "tenant/c", "/d"});
  expect_equal("the first ones", found(2), Strings{"other/a", "tenant/b"});
  trial.write(due("b", start + seconds(30)));
  trial.write(of_tenant("other", record_write("a", std::nullopt)));
  expect_equal("the records that are due", found(10), Strings{"tenant/c", "/d"});
  expect_equal("of another kind", names_of(trial.value(trial.start_due("other kind", 10))),
               Strings{"tenant/k"});
}

void so_many_of_a_tenant(EventTrial& trial) {
  trial.write(at_most(2, record_write("a", "1")));
  trial.write(at_most(2, record_write("b", "1")));
  trial.expect_status(EventStatus::kOverCount, at_most(2, record_write("c", "1")));
  trial.write(at_most(2, record_write("b", "2")));
  trial.write(at_most(1, of_tenant("other", record_write("c", "1"))));
  EventRecordWrite other_kind = at_most(1, record_write("c", "1"));
  other_kind.kind = "other kind";
  trial.write(other_kind);
  trial.expect_status(EventStatus::kOverCount, at_most(0, record_write("c", "1")));
  trial.write(record_write("c", "1"));
  trial.write(record_write("a", std::nullopt));
  trial.expect_status(EventStatus::kOverCount, at_most(2, record_write("d", "1")));
  EventEnqueued answer = trial.value(
      trial.start_write({at_most(3, record_write("d", "1")), at_most(3, record_write("e", "1"))}));
  expect_equal("the status of two new ones", answer.status, EventStatus::kOverCount);
  expect_equal("the place", std::uint64_t{answer.failed}, std::uint64_t{1});
  answer = trial.value(
      trial.start_write({record_write("b", std::nullopt), at_most(2, record_write("d", "1"))}));
  expect_equal("the status of one in place of another", answer.status, EventStatus::kEnqueued);
}

void by_pages(EventTrial& trial) {
  const std::string zero("n\0", 2);
  for (const char* tenant : {"b", "", "a", "ab"}) {
    for (const std::string& name : {zero + "2", std::string("n"), zero + "1", std::string("N"),
                                    std::string("\xC3\xA9"), std::string("\xFF")}) {
      trial.write(of_tenant(tenant, record_write(name, "1")));
    }
  }
  EventRecordWrite other_kind = of_tenant("a", record_write("n", "1"));
  other_kind.kind = "kind2";
  trial.write(other_kind);
  Strings expected;
  for (const char* tenant : {"", "a", "ab", "b"}) {
    for (const std::string& name : {std::string("N"), std::string("n"), zero + "1", zero + "2",
                                    std::string("\xC3\xA9"), std::string("\xFF")}) {
      expected.push_back(std::string(tenant) + "/" + name);
    }
  }
  Strings found;
  std::string after;
  for (int i = 0; i < 10; ++i) {
    const auto page = trial.value(trial.start_read("kind", {}, after, 5));
    expect(page.size() <= 5, "a page has no more records than its limit");
    for (const std::string& name : names_of(page)) found.push_back(name);
    if (!page.empty()) after = page.back().tenant + '\0' + page.back().name;
  }
  expect_equal("the records of all by pages", found, expected);
  found.clear();
  after.clear();
  for (int i = 0; i < 5; ++i) {
    const auto page = trial.value(trial.start_read("kind", "a", after, 2));
    for (const std::string& name : names_of(page)) found.push_back(name);
    if (!page.empty()) after = page.back().name;
  }
  expect_equal("the records of a tenant by pages", found,
               Strings(expected.begin() + 6, expected.begin() + 12));
  expect_equal("the records of nobody", names_of(trial.value(trial.start_read("kind", "", {}, 9))),
               Strings(expected.begin(), expected.begin() + 6));
}

void one_wins(EventTrial& trial) {
  const std::uint64_t version = trial.write(record_write("r", "0"));
  std::atomic<std::uint64_t> winners{0};
  std::atomic<std::uint64_t> made{0};
  trial.in_parallel(4, [&](int thread) {
    for (int i = 0; i < 5; ++i) {
      const std::string mine = std::to_string(thread * 5 + i);
      const auto won = [&](EventRecordWrite write) {
        return trial.value(trial.start_write({std::move(write)})).status == EventStatus::kEnqueued;
      };
      if (won(record_write("r", mine, version))) ++winners;
      if (won(record_write("new" + std::to_string(i), mine, 0))) ++made;
    }
  });
  expect_equal("who wrote over a version", winners.load(), std::uint64_t{1});
  expect_equal("records that were made", made.load(), std::uint64_t{5});
}

void a_count_holds_for_many(EventTrial& trial) {
  std::atomic<std::uint64_t> made{0};
  trial.in_parallel(4, [&](int thread) {
    for (int i = 0; i < 4; ++i) {
      const auto answer = trial.value(
          trial.start_write({at_most(5, record_write(std::to_string(thread * 4 + i), "1", 0))}));
      if (answer.status == EventStatus::kEnqueued) ++made;
    }
  });
  expect_equal("records that were made", made.load(), std::uint64_t{5});
  expect_equal("records", std::uint64_t{trial.value(trial.start_read("kind", {}, {}, 99)).size()},
               std::uint64_t{5});
}

}  // namespace

std::vector<EventCase> event_record_cases() {
  return {
      {"records: what is written is read", what_is_written_is_read},
      {"records: versions", versions},
      {"records: together or not at all", together_or_not_at_all},
      {"records: they expire", they_expire},
      {"records: what is due, the longest first", what_is_due},
      {"records: so many of a tenant", so_many_of_a_tenant},
      {"records: by pages", by_pages},
      {"records: one of many wins a version", one_wins},
      {"records: a count holds for many at once", a_count_holds_for_many},
  };
}

}  // namespace sublet::testing::conformance

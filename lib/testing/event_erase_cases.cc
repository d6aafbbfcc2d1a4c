// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>

#include "testing/event_queue_trial.h"

// A tenant goes, and the others stay.
namespace sublet::testing::conformance {
namespace {

// Something of everything.
void fill(EventTrial& trial, const std::string& tenant) {
  const EventQueueName queue = event_queue("event", "extension", tenant);
  EventEnqueue unit = unit_of({event("first", {}, queue)}, "key");
  unit.records = {record_write("r", "1"), record_write("s", "1")};
  for (EventRecordWrite& write : unit.records) write.tenant = tenant;
  unit.records[1].kind = "other kind";
  expect_equal("the status", trial.enqueue_unit(unit).status, EventStatus::kEnqueued);
  EventSettlement settlement = settlement_of(trial.claim_one("first", queue), EventKind::kDead);
  settlement.completion = "of " + tenant;
  trial.settle(settlement);
  trial.enqueue({event("claimed", "order", queue), event("blocked", "order", queue),
                 event("waiting", {}, queue)});
  trial.claim(1, queue);
}

std::uint64_t erase_all(EventTrial& trial, const std::string& tenant, std::uint32_t limit) {
  constexpr int kMost = 100;
  std::uint64_t all = 0;
  for (int i = 0; i < kMost; ++i) {
    const std::uint64_t count = trial.value(trial.start_erase(tenant, limit));
    expect(count <= limit, "no more rows go than the limit");
    all += count;
    if (count < limit) return all;
  }
  fail("an erase does not come to its end");
}

std::vector<EventRecord> records(EventTrial& trial, const std::string& kind,
                                 const std::string& tenant) {
  return trial.value(trial.start_read(kind, tenant, {}, 100));
}

void everything_goes(EventTrial& trial) {
  for (const std::uint32_t limit : {1000u, 2u}) {
    fill(trial, kEventTenant);
    // Four deliveries, a completion, two records and a key.
    expect(erase_all(trial, kEventTenant, limit) >= 8, "an erase tells how many rows they were");
    expect_equal("deliveries", trial.count(), EventCounts{});
    expect_equal("completions", trial.contents(), Strings{});
    expect(records(trial, "kind", kEventTenant).empty(), "no record is left");
    expect(records(trial, "other kind", kEventTenant).empty(), "no other record is left");
    expect(trial.ready().empty(), "no queue is ready");
    expect_equal("how many more", trial.value(trial.start_erase(kEventTenant, 10)),
                 std::uint64_t{0});
  }
}

void others_stay(EventTrial& trial) {
  const std::vector<std::string> others = {"tenan", "tenant ", "Tenant", "tenant%"};
  fill(trial, kEventTenant);
  for (const std::string& tenant : others) fill(trial, tenant);
  EventRecordWrite nobodys = record_write("r", "1");
  nobodys.tenant.clear();
  trial.write(nobodys);
  erase_all(trial, kEventTenant, 1000);
  for (const std::string& tenant : others) {
    expect_equal("deliveries of another", trial.count(filter_of(tenant)), EventCounts{1, 1, 1, 1});
    expect_equal("records of another", std::uint64_t{records(trial, "kind", tenant).size()},
                 std::uint64_t{1});
    const EventQueueName queue = event_queue("event", "extension", tenant);
    expect_equal("that another's key holds",
                 trial.enqueue_unit(unit_of({event("x", {}, queue)}, "key")).status,
                 EventStatus::kDuplicate);
    trial.claim_one("waiting", queue);
  }
  expect_equal("records of nobody", std::uint64_t{records(trial, "kind", "").size()},
               std::uint64_t{1});
  expect_equal("completions", std::uint64_t{trial.contents().size()}, std::uint64_t{others.size()});
}

void it_may_come_back(EventTrial& trial) {
  fill(trial, kEventTenant);
  const std::uint64_t version = trial.record_named("r")->version;
  const std::uint64_t id = trial.find("waiting").id;
  erase_all(trial, kEventTenant, 1000);
  fill(trial, kEventTenant);
  expect(trial.record_named("r")->version != version, "a version is not given again");
  expect(trial.find("waiting").id > id, "ids go on");
  expect_equal("deliveries", trial.count(), EventCounts{1, 1, 1, 1});
}

}  // namespace

std::vector<EventCase> event_erase_cases() {
  return {
      {"erase: everything goes", everything_goes},
      {"erase: others stay", others_stay},
      {"erase: the tenant may come back", it_may_come_back},
  };
}

}  // namespace sublet::testing::conformance

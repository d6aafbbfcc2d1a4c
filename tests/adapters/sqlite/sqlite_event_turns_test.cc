// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/sqlite/events/waiting_calls.h"
#include "adapters/sqlite/sqlite_event_test_side.h"

// Which calls are written next.
namespace sublet {
namespace {

using namespace adapters::sqlite::events;

constexpr WaitingCalls::GroupBounds kMany{100, UINT64_MAX};

WriteCall publish(const std::string& tenant, std::size_t units = 1) {
  return EnqueueCall{{std::vector<EventEnqueue>(units, unit_of(tenant))}, {}, {}};
}

WriteCall claim_call() { return ClaimCall{EventClaim{{{queue_of("t"), 1}}, {}, {}}, {}, {}}; }

WriteCall settle_call() { return SettleCall{std::vector<EventSettlement>(1), {}, {}}; }

void push(WaitingCalls& calls, WriteCall call) { REQUIRE_FALSE(calls.push(call).has_value()); }

// What is written next, in short: claims "C", settlements "S", the tenant of others.
std::string next(WaitingCalls& calls, std::vector<WriteCall>& group,
                 const WaitingCalls::GroupBounds& bounds = kMany) {
  CHECK(calls.take(group, bounds, base::TimePoint()));
  std::string text;
  for (const WriteCall& call : group) {
    if (!text.empty()) text += ' ';
    if (Side::urgency(call) == Urgency::kClaim) {
      text += "C";
    } else if (Side::urgency(call) == Urgency::kSettlement) {
      text += "S";
    } else {
      text += Side::tenant(call);
    }
  }
  return text;
}

std::string next(WaitingCalls& calls, const WaitingCalls::GroupBounds& bounds = kMany) {
  std::vector<WriteCall> group;
  return next(calls, group, bounds);
}

}  // namespace

TEST_CASE("sqlite events: claims go first, but others take turns with them") {
  WaitingCalls calls(100);
  push(calls, publish("a"));
  push(calls, settle_call());
  push(calls, claim_call());
  push(calls, claim_call());
  CHECK(next(calls) == "C C");
  push(calls, claim_call());
  CHECK(next(calls) == "S a");
  push(calls, publish("a"));
  CHECK(next(calls) == "C");
  push(calls, claim_call());
  CHECK(next(calls) == "a");
  CHECK(next(calls) == "C");
  CHECK(next(calls).empty());
}

TEST_CASE("sqlite events: each tenant has its turn, also in the next group") {
  WaitingCalls calls(100);
  for (int i = 0; i < 5; ++i) push(calls, publish("flood"));
  push(calls, publish("b"));
  push(calls, publish("c"));
  push(calls, publish("c"));
  CHECK(next(calls, {4, UINT64_MAX}) == "flood b c flood");
  CHECK(next(calls, {2, UINT64_MAX}) == "c flood");
  push(calls, publish("b"));
  CHECK(next(calls, {2, UINT64_MAX}) == "flood b");
  CHECK(next(calls) == "flood");
}

TEST_CASE("sqlite events: a large call goes on where it was, before what its tenant called next") {
  WaitingCalls calls(100);
  push(calls, publish("large", 300));
  push(calls, publish("large"));
  push(calls, publish("b"));
  std::vector<WriteCall> group;
  CHECK(next(calls, group, {1000, UINT64_MAX}) == "large b");
  // As if a part was done.
  group.pop_back();
  std::get<EnqueueCall>(group[0]).request.committed.resize(
      next_part(std::get<EnqueueCall>(group[0]).request).units);
  push(calls, publish("c"));
  CHECK(next(calls, group, {1000, UINT64_MAX}) == "large c");
  CHECK_FALSE(std::get<EnqueueCall>(group[0]).request.committed.empty());
  std::get<EnqueueCall>(group[0]).request.committed.resize(299);
  group.pop_back();
  CHECK(next(calls, group, {1000, UINT64_MAX}) == "large large");
}

TEST_CASE("sqlite events: nobody has more than a share of a group") {
  WaitingCalls calls(1000);
  for (int i = 0; i < 100; ++i) push(calls, publish("flood"));
  push(calls, publish("b"));
  std::vector<WriteCall> group;
  CHECK(calls.take(group, {1000, UINT64_MAX}, base::TimePoint()));
  CHECK(group.size() == kRowsOfTenant + 1);
  group.clear();
  CHECK(calls.take(group, {1000, UINT64_MAX}, base::TimePoint()));
  CHECK(group.size() == 100 - kRowsOfTenant);
}

TEST_CASE("sqlite events: a group has its bounds, and at least one call") {
  WaitingCalls calls(100);
  push(calls, publish("a", 50));
  push(calls, publish("b", 60));
  push(calls, publish("c", 50));
  CHECK(next(calls, {10, UINT64_MAX}) == "a");
  CHECK(next(calls, {100, 1}) == "b");
  CHECK(next(calls, {100, UINT64_MAX}) == "c");
}

TEST_CASE("sqlite events: what is too much is refused, and what waits is answered at the end") {
  WaitingCalls calls(3);
  push(calls, publish("a"));
  push(calls, claim_call());
  push(calls, settle_call());
  WriteCall refused = publish("b");
  CHECK(calls.push(refused)->code == ErrorCode::kResourceExhausted);
  CHECK(Side::tenant(refused) == "b");
  CHECK(calls.close().writes.size() == 3);
  CHECK(calls.push(refused)->code == ErrorCode::kUnavailable);
  std::vector<WriteCall> group;
  CHECK_FALSE(calls.take(group, kMany, base::TimePoint()));
  CHECK_FALSE(calls.take().has_value());
}

}  // namespace sublet

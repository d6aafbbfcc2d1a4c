// SPDX-License-Identifier: Apache-2.0

// The conformance suite can fail: each fault that is planted into a queue is found, by the case
// that looks for it.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include "adapters/event_conformance_test.h"
#include "adapters/memory/hooked_event_queue.h"

namespace sublet {
namespace {

using Deliveries = std::vector<EventDelivery>;
using Kind = EventSettlement::Kind;

struct Fault {
  std::string name;
  std::string found_by;  // a part of the case's name
  EventHooks hooks;
};

EventHooks of_every_unit(const std::function<void(EventEnqueue&)>& change) {
  return {.enqueue = [change](std::vector<EventEnqueue>& units) {
    for (EventEnqueue& unit : units) change(unit);
  }};
}

EventHooks of_every_delivery(const std::function<void(NewDelivery&)>& change) {
  return of_every_unit([change](EventEnqueue& unit) {
    for (NewDelivery& delivery : unit.deliveries) change(delivery);
  });
}

EventHooks of_every_settlement(const std::function<void(EventSettlement&)>& change) {
  return {.settle = [change](std::vector<EventSettlement>& settlements) {
    for (EventSettlement& settlement : settlements) change(settlement);
  }};
}

EventHooks of_every_claimed(const std::function<void(EventDelivery&)>& change) {
  return {.claimed = [change](Deliveries& deliveries) {
    for (EventDelivery& delivery : deliveries) change(delivery);
  }};
}

EventHooks of_every_write(const std::function<void(EventRecordWrite&)>& change) {
  return {.write = [change](std::vector<EventRecordWrite>& writes) {
    for (EventRecordWrite& write : writes) change(write);
  }};
}

EventHooks of_every_filter(const std::function<void(EventFilter&)>& change) {
  return {.filter = change};
}

std::vector<Fault> faults_of_enqueues() {
  return {
      {"cuts payloads at a byte 0", "payloads and keys of all bytes",
       of_every_delivery([](NewDelivery& added) { added.payload = added.payload.c_str(); })},
      {"loses the envelope", "a claim gets what was enqueued",
       of_every_delivery([](NewDelivery& added) { added.envelope.clear(); })},
      {"loses the expiry", "what should have been before",
       of_every_delivery([](NewDelivery& added) { added.expires_at.reset(); })},
      {"joins extension and event", "queues with odd names",
       of_every_delivery([](NewDelivery& added) {
         added.queue = {added.queue.tenant, "", added.queue.extension + added.queue.event};
       })},
      {"forgets ordering keys", "one of a key at a time",
       of_every_delivery([](NewDelivery& added) { added.ordering_key.clear(); })},
      {"orders each event alone", "across the events of an extension",
       of_every_delivery([](NewDelivery& added) {
         if (!added.ordering_key.empty()) added.ordering_key += added.queue.event;
       })},
      {"folds keys", "other extensions, tenants and keys are apart",
       of_every_delivery([](NewDelivery& added) {
         added.ordering_key = added.ordering_key.substr(0, added.ordering_key.find('\0'));
       })},
      {"forgets not_before", "not before its time",
       of_every_delivery([](NewDelivery& added) { added.not_before.reset(); })},
      {"forgets idempotency keys", "nothing is done again",
       of_every_unit([](EventEnqueue& unit) { unit.idempotency_key.clear(); })},
      {"keeps idempotency keys for ever", "it ends with the window",
       of_every_unit([](EventEnqueue& unit) { unit.idempotency_window = EventQueue::kMaxSpan; })},
      {"ends windows early", "it ends with the window", of_every_unit([](EventEnqueue& unit) {
         unit.idempotency_window /= 2;
         if (unit.idempotency_window.count() == 0) ++unit.idempotency_window;
       })},
      {"does not say of which event",
       "nothing is done again",
       {.enqueued =
            [](std::vector<EventEnqueued>& answers) {
              for (EventEnqueued& answer : answers) answer.event_id.clear();
            }}},
      {"answers in another order",
       "units stand by themselves",
       {.enqueued =
            [](std::vector<EventEnqueued>& answers) {
              std::rotate(answers.begin(), answers.begin() + 1, answers.end());
            }}},
      {"leaves records out", "as a whole or not at all",
       of_every_unit([](EventEnqueue& unit) { unit.records.clear(); })},
  };
}

std::vector<Fault> faults_of_claims() {
  return {
      {"claims in any order",
       "what is due longest",
       {.claimed = [](Deliveries& claimed) { std::reverse(claimed.begin(), claimed.end()); }}},
      {"claims too many",
       "claimed once",
       {.claim = [](EventClaim& request) { request.from[0].max = EventQueue::kMaxClaim; }}},
      {"asks the first queue only",
       "from several queues",
       {.claim = [](EventClaim& request) { request.from.resize(1); }}},
      {"leases of one length",
       "how a delivery is held",
       {.claim = [](EventClaim& request) { request.lease = std::chrono::seconds(30); }}},
      {"tells no owner",
       "how a delivery is held",
       {.claim = [](EventClaim& request) { request.owner.clear(); }}},
      {"does not count attempts", "a retry waits",
       of_every_claimed([](EventDelivery& delivery) { delivery.attempts = 1; })},
      {"loses notes", "a retry waits",
       of_every_claimed([](EventDelivery& delivery) { delivery.note.clear(); })},
      {"says that all was held",
       "each by itself",
       {.settled = [](std::vector<bool>& held) { held.assign(held.size(), true); }}},
      {"extends what is not held",
       "another one claims",
       {.extended = [](std::vector<bool>& held) { held.assign(held.size(), true); }}},
      {"counts releases", "a release does not count",
       of_every_settlement([](EventSettlement& settlement) {
         if (settlement.kind == Kind::kRelease) settlement.kind = Kind::kRetry;
       })},
      {"retries at once", "a retry waits",
       of_every_settlement([](EventSettlement& settlement) { settlement.delay = {}; })},
      {"leaves the settled one's deliveries out", "deliveries come with it",
       of_every_settlement([](EventSettlement& settlement) { settlement.deliveries.clear(); })},
      {"loses completions of dead letters", "of what is done or dead",
       of_every_settlement([](EventSettlement& settlement) {
         if (settlement.kind == Kind::kDead) settlement.completion.clear();
       })},
      {"throws dead letters away", "a dead letter tells all",
       of_every_settlement([](EventSettlement& settlement) {
         if (settlement.kind == Kind::kDead) settlement.kind = Kind::kDone;
       })},
      {"completions in another order",
       "of one call, in its order",
       {.completions =
            [](EventCompletionPage& page) {
              std::reverse(page.completions.begin(), page.completions.end());
            }}},
      {"no cursor on empty pages",
       "completions: by pages",
       {.completions =
            [](EventCompletionPage& page) {
              if (page.completions.empty()) page.cursor.clear();
            }}},
  };
}

std::vector<Fault> faults_of_looks() {
  return {
      {"everything is due now",
       "when queues are due",
       {.ready =
            [](EventReadyPage& page) {
              for (EventReadiness& one : page.queues) one.due_at = page.now;
            }}},
      {"leaves a queue out between pages",
       "ready: by pages",
       {.ready =
            [](EventReadyPage& page) {
              if (!page.next.empty()) page.queues.pop_back();
            }}},
      {"has one page only",
       "ready: by pages",
       {.ready = [](EventReadyPage& page) { page.next.clear(); }}},
      {"payloads though none were wanted",
       "peek: what it tells",
       {.peek = [](EventPeek& request) { request.payloads = true; }}},
      {"peeks from the start",
       "peek: by pages",
       {.peek = [](EventPeek& request) { request.after = 0; }}},
      {"looks at dead letters too",
       "peek: by pages",
       {.peek = [](EventPeek& request) { request.dead = true; }}},
      {"loses reasons",
       "bury: it tells the reason",
       {.peeked =
            [](Deliveries& found) {
              for (EventDelivery& delivery : found) delivery.reason.clear();
            }}},
      {"counts the blocked as waiting",
       "count: by states",
       {.counted =
            [](EventCounts& counts) {
              counts.waiting += counts.blocked;
              counts.blocked = 0;
            }}},
      {"ignores extensions", "filters: of deliveries",
       of_every_filter([](EventFilter& filter) { filter.extension.reset(); })},
      {"ignores an empty extension", "filters: of burials",
       of_every_filter([](EventFilter& filter) {
         if (filter.extension == "") filter.extension.reset();
       })},
      {"ignores events", "filters: of purges",
       of_every_filter([](EventFilter& filter) { filter.event.reset(); })},
      {"ignores ids", "filters: of deliveries",
       of_every_filter([](EventFilter& filter) { filter.ids.clear(); })},
      {"ignores reasons", "filters: of replays",
       of_every_filter([](EventFilter& filter) { filter.reason.clear(); })},
      {"ignores times", "filters: of dead letters",
       of_every_filter([](EventFilter& filter) { filter.from.reset(); })},
      {"ignores tenants", "filters: of deliveries",
       of_every_filter([](EventFilter& filter) { filter.tenant.clear(); })},
  };
}

std::vector<Fault> faults_of_the_rest() {
  const EventHooks one_more = {.limit = [](std::uint32_t& limit) {
    if (limit > 0 && limit < EventQueue::kMaxPage) ++limit;
  }};
  return {
      {"replays one more", "replay: by limits", one_more},
      {"buries one more", "bury: by limits", one_more},
      {"purges one more", "purge: by limits", one_more},
      {"forgets one more", "completions: forgotten", one_more},
      {"purges the wrong kind",
       "of deliveries or of dead letters",
       {.purge = [](bool& dead) { dead = !dead; }}},
      {"erases nothing", "everything goes", {.erase = [](std::string& tenant) { tenant = "no"; }}},
      {"erases another", "others stay", {.erase = [](std::string& tenant) { tenant = "Tenant"; }}},
      {"ignores versions", "records: versions",
       of_every_write([](EventRecordWrite& write) { write.expected.reset(); })},
      {"gives versions again",
       "together or not at all",
       {.read =
            [](std::vector<EventRecord>& records) {
              for (EventRecord& record : records) record.version = 1;
            }}},
      {"ignores how many there may be", "so many of a tenant",
       of_every_write([](EventRecordWrite& write) { write.max_in_tenant = UINT64_MAX; })},
      {"keeps records for ever", "records: they expire",
       of_every_write([](EventRecordWrite& write) { write.expires_in = {}; })},
      {"never due", "records: what is due",
       of_every_write([](EventRecordWrite& write) { write.due_at.reset(); })},
      {"records in another order",
       "the longest first",
       {.read = [](std::vector<EventRecord>& found) { std::reverse(found.begin(), found.end()); }}},
      {"cuts records at a byte 0", "records: by pages",
       of_every_write([](EventRecordWrite& write) { write.name = write.name.c_str(); })},
      {"writes the first record only",
       "together or not at all",
       {.write =
            [](std::vector<EventRecordWrite>& writes) { writes.resize(writes.empty() ? 0 : 1); }}},
  };
}

testing::EventQueueSubject subject_of(std::function<std::shared_ptr<EventQueue>(EventClock)> open) {
  testing::EventQueueSubject subject;
  subject.open = std::move(open);
  return subject;
}

testing::EventQueueSubject hooked(const EventHooks& hooks) {
  return subject_of([hooks](EventClock clock) {
    return std::make_shared<HookedEventQueue>(std::move(clock), hooks);
  });
}

void expect_found(const std::string& name, const testing::EventQueueSubject& subject,
                  const std::string& found_by) {
  const auto failures = testing::run_event_queue_conformance(subject, found_by);
  CHECK_MESSAGE(!failures.empty(), name << " was not found by: " << found_by);
  for (const auto& failure : failures) CHECK_MESSAGE(failure.what.size() > 10, failure.name);
}

void expect_all_found(const std::vector<Fault>& faults) {
  for (const Fault& fault : faults) {
    // The case passes without the fault.
    CHECK(testing::run_event_queue_conformance(hooked({}), fault.found_by).empty());
    expect_found(fault.name, hooked(fault.hooks), fault.found_by);
  }
}

// Lets the last one in settle who has lost the lease.
EventHooks without_fences() {
  const auto latest = std::make_shared<std::map<std::uint64_t, std::uint64_t>>();
  EventHooks hooks = of_every_claimed(
      [latest](EventDelivery& delivery) { (*latest)[delivery.id] = delivery.fence; });
  hooks.settle = [latest](std::vector<EventSettlement>& settlements) {
    for (EventSettlement& settlement : settlements) {
      const auto found = latest->find(settlement.lease.id);
      if (found != latest->end()) settlement.lease.fence = found->second;
    }
  };
  return hooks;
}

// Shows every other completion only when its reader has gone by.
EventHooks with_late_completions() {
  const auto seen = std::make_shared<std::set<std::string>>();
  return {.completions = [seen](EventCompletionPage& page) {
    std::erase_if(page.completions, [&](const EventCompletion& completion) {
      const bool is_new = seen->insert(completion.cursor).second;
      return is_new && std::stoull(completion.cursor) % 2 == 0;
    });
  }};
}

// Faults in how a queue answers, and not in what.
class ForgetfulQueue final : public HookedEventQueue {
 public:
  explicit ForgetfulQueue(EventClock clock) : HookedEventQueue(std::move(clock)) {}
  void peek(EventPeek request, EventCallback<Deliveries> done) noexcept override {
    if (++peeks_ % 5 != 0) HookedEventQueue::peek(std::move(request), std::move(done));
  }

 private:
  int peeks_ = 0;
};

class RepeatingQueue final : public HookedEventQueue {
 public:
  explicit RepeatingQueue(EventClock clock) : HookedEventQueue(std::move(clock)) {}
  void claim(EventClaim request, EventCallback<Deliveries> done) noexcept override {
    HookedEventQueue::claim(std::move(request), [done](Result<Deliveries> result) {
      done(result);
      done(std::move(result));
    });
  }
};

// Answers while it holds its lock.
class LockingQueue final : public HookedEventQueue {
 public:
  explicit LockingQueue(EventClock clock) : HookedEventQueue(std::move(clock)) {}
  void enqueue(std::vector<EventEnqueue> units,
               EventCallback<std::vector<EventEnqueued>> done) noexcept override {
    const std::lock_guard<std::mutex> lock(mutex_);
    HookedEventQueue::enqueue(std::move(units), std::move(done));
  }

 private:
  std::mutex mutex_;
};

// Enqueues the deliveries of a unit, and then its records.
class PiecemealQueue final : public HookedEventQueue {
 public:
  explicit PiecemealQueue(EventClock clock) : HookedEventQueue(std::move(clock)) {}
  void enqueue(std::vector<EventEnqueue> units,
               EventCallback<std::vector<EventEnqueued>> done) noexcept override {
    for (EventEnqueue& unit : units) {
      EventEnqueue deliveries{unit.deliveries, unit.idempotency_key, unit.idempotency_window, {}};
      inner_->enqueue({deliveries}, [](const auto&) {});
      unit.deliveries.clear();
      unit.idempotency_key.clear();
    }
    inner_->enqueue(std::move(units), std::move(done));
  }
};

// Hands out again what it has just handed out.
class GenerousQueue final : public HookedEventQueue {
 public:
  explicit GenerousQueue(EventClock clock) : HookedEventQueue(std::move(clock)) {}
  void claim(EventClaim request, EventCallback<Deliveries> done) noexcept override {
    HookedEventQueue::claim(std::move(request), [this, done](Result<Deliveries> result) {
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (result->empty()) result = std::exchange(last_, {});
        last_ = *result;
      }
      done(std::move(result));
    });
  }

 private:
  std::mutex mutex_;
  Deliveries last_;
};

template <typename Queue>
testing::EventQueueSubject subject_with(
    std::chrono::milliseconds patience = std::chrono::seconds(30)) {
  auto subject =
      subject_of([](EventClock clock) { return std::make_shared<Queue>(std::move(clock)); });
  subject.patience = patience;
  return subject;
}

}  // namespace

TEST_CASE("events conformance: faults of enqueues are found") {
  expect_all_found(faults_of_enqueues());
}

TEST_CASE("events conformance: faults of claims and settlements are found") {
  expect_all_found(faults_of_claims());
}

TEST_CASE("events conformance: faults of looks and filters are found") {
  expect_all_found(faults_of_looks());
}

TEST_CASE("events conformance: faults of the rest are found") {
  expect_all_found(faults_of_the_rest());
}

TEST_CASE("events conformance: no fences, and completions that come late, are found") {
  expect_found("no fences", hooked(without_fences()), "one ends, and another one claims");
  expect_found("no fences", hooked(without_fences()), "the clock leaps on");
  expect_found("late completions", hooked(with_late_completions()), "of one call, in its order");
  expect_found("late completions", hooked(with_late_completions()), "none is passed over");
}

TEST_CASE("events conformance: answers that do not come, or come twice, are found") {
  const std::chrono::milliseconds short_patience(100);
  expect_found("a forgotten callback", subject_with<ForgetfulQueue>(short_patience),
               "filters: of deliveries");
  expect_found("a forgotten callback", subject_with<ForgetfulQueue>(short_patience),
               "a queue that ends answers");
  expect_found("a repeated callback", subject_with<RepeatingQueue>(), "claimed once");
}

TEST_CASE("events conformance: a queue that stands still is left behind") {
  expect_found("a callback under the lock",
               subject_with<LockingQueue>(std::chrono::milliseconds(100)),
               "an enqueue from the answer of another");
}

TEST_CASE("events conformance: units in pieces, and deliveries handed out twice, are found") {
  expect_found("units in pieces", subject_with<PiecemealQueue>(), "as a whole or not at all");
  expect_found("handed out twice", subject_with<GenerousQueue>(), "each delivery is claimed once");
  expect_found("handed out twice", subject_with<GenerousQueue>(), "one of a key at a time");
}

TEST_CASE("events conformance: wrong clocks are found") {
  const auto with_clock = [](auto change) {
    return subject_of([change](EventClock clock) {
      return std::make_shared<MemoryEventQueue>([clock, change] { return change(clock()); });
    });
  };
  const auto stopped = subject_of([](const EventClock& clock) {
    return std::make_shared<MemoryEventQueue>([start = clock()] { return start; });
  });
  for (const char* name : {"one ends, and another one claims", "a retry waits",
                           "not before its time", "they expire", "what is due, the longest"}) {
    expect_found("a clock that stands", stopped, name);
  }
  const auto late = with_clock([](EventTime now) { return now - std::chrono::milliseconds(1); });
  expect_found("a millisecond late", late, "how a delivery is held");
  const auto highest = std::make_shared<EventTime>();
  expect_found("never back",
               with_clock([highest](EventTime now) { return *highest = std::max(*highest, now); }),
               "the clock goes back");
  expect_found("the machine's clock",
               subject_of([](const EventClock&) { return std::make_shared<MemoryEventQueue>(); }),
               "how a delivery is held");
}

TEST_CASE("events conformance: what is lost between two openings is found") {
  auto subject = subject_with<MemoryEventQueue>();
  subject.reopen = subject.open;
  for (const char* name : {"everything is there", "numbers go on", "keys and records stay",
                           "order stays", "as the queue ended is there"}) {
    expect_found("nothing is kept", subject, name);
  }
}

TEST_CASE("events conformance: two queues that are not over the same data are found") {
  auto subject = subject_with<MemoryEventQueue>();
  subject.open_another = subject.open;
  for (const char* name :
       {"two: each sees", "taken over", "keys are of both", "the other goes on"}) {
    expect_found("nothing is shared", subject, name);
  }
}

TEST_CASE("events conformance: queues that cannot be opened are told") {
  const auto failures = testing::run_event_queue_conformance(
      subject_of([](const EventClock&) { return nullptr; }), "claimed once");
  REQUIRE(!failures.empty());
  CHECK(failures[0].what.find("open()") != std::string::npos);
}

TEST_CASE("events conformance: cases have names of their own") {
  const auto names = testing::event_queue_conformance_cases();
  CHECK(names.size() >= 120);
  CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
}

}  // namespace sublet

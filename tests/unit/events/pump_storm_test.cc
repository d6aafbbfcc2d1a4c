// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <map>

#include "policy/resilience/random_source.h"
#include "unit/events/pump_bed.h"

namespace sublet::test {
namespace {

using policy::SplitMix64;

// The n-th event of a key, by its payload.
void enqueue_keyed(PumpBed& bed, const std::string& tenant, int key, int number) {
  bed.enqueue(tenant, [&](NewDelivery& delivery) {
    if (key > 0) delivery.ordering_key = "key-" + std::to_string(key);
    delivery.payload = std::to_string(number);
  });
}

// That events of a key end in the order of their numbers, whatever was repeated.
struct OrderCheck {
  void begin(const Attempt& attempt) {
    const EventDelivery& delivery = attempt.items[0].delivery;
    if (delivery.ordering_key.empty()) return;
    int& last = last_begun[attempt.queue.tenant + delivery.ordering_key];
    const int number = std::stoi(delivery.payload);
    if (number < last) ++violations;
    last = number;
  }
  std::map<std::string, int> last_begun;
  int violations = 0;
};

FaultyQueue::Fault random_fault(SplitMix64& random, std::string_view call) {
  FaultyQueue::Fault fault;
  const std::uint64_t dice = random.up_to(99);
  fault.refuse = dice < 15;
  fault.indeterminate = dice >= 10 && dice < (call == "claim" ? 16 : 30);
  if (random.up_to(3) == 0) fault.late = milliseconds(random.up_to(3000));
  return fault;
}

// Each event ends in exactly one completion, and is nowhere else than among the dead letters.
void check_all_ended(PumpBed& bed, int count) {
  std::map<std::string, int> ends;
  int dead = 0;
  for (const DeliveryRecord& record : bed.records()) {
    ++ends[record.event_id];
    dead += record.dead ? 1 : 0;
  }
  CHECK(static_cast<int>(ends.size()) == count);
  for (const auto& [id, number] : ends) {
    CAPTURE(id);
    CHECK(number == 1);
  }
  CHECK(bed.counts() == EventCounts{0, 0, 0, static_cast<std::uint64_t>(dead)});
  CHECK(bed.faults.empty());
}

TEST_CASE("a pump: whatever the queue does, each event ends once and in order") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    PumpBed bed;
    SplitMix64 random(seed);
    OrderCheck order;
    for (const char* tenant : {"a", "b", "c"}) {
      bed.add_tenant(tenant).events.breaker.minimum_calls = 1'000'000;
      bed.rules(tenant).delivery.max_attempts = 30;
    }
    bed.queue->fault = [&](std::string_view call) { return random_fault(random, call); };
    bed.runner.duration = [&](const Attempt& attempt) {
      order.begin(attempt);
      return milliseconds(random.up_to(random.up_to(20) == 0 ? 40'000 : 200));
    };
    bed.runner.answer = [&](const Attempt&) {
      const std::uint64_t dice = random.up_to(9);
      if (dice == 0) return ScriptedRunner::ended(Outcome::kInvalidResult);
      if (dice == 1) return ScriptedRunner::ended(Outcome::kLoadShed);
      return ScriptedRunner::ended(dice < 5 ? Outcome::kException : Outcome::kOk);
    };
    const auto pump = bed.start();
    constexpr int kEach = 150;
    for (int i = 1; i <= kEach; ++i) {
      for (const char* tenant : {"a", "b", "c"}) {
        enqueue_keyed(bed, tenant, static_cast<int>(random.up_to(6)), i);
      }
      bed.advance(milliseconds(random.up_to(100)));
    }
    for (int i = 0; i < 2000 && bed.counts().waiting + bed.counts().claimed > 0; ++i) {
      bed.advance(10s);
    }
    check_all_ended(bed, 3 * kEach);
    CHECK(order.violations == 0);
  }
}

TEST_CASE("two pumps: one that is cut off past its leases settles nothing twice") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    CAPTURE(seed);
    PumpBed bed;
    SplitMix64 random(seed);
    bed.add_tenant("a").events.breaker.minimum_calls = 1'000'000;
    ScriptedRunner second_runner(bed.timers);
    for (ScriptedRunner* runner : {&bed.runner, &second_runner}) {
      runner->duration = [&](const Attempt&) { return milliseconds(random.up_to(3000)); };
    }
    events::PumpOptions options;
    options.lease = 2s;
    const auto first = bed.make(options, &bed.runner, 1);
    const auto second = bed.make(options, &second_runner, 2);
    first->start();
    second->start();
    // What the queue hears of leases stops for a while, as where a process was stopped.
    bool cut = false;
    bed.queue->fault = [&](std::string_view call) {
      return FaultyQueue::Fault{cut && (call == "extend" || call == "settle"), false, 0ms};
    };
    for (int i = 1; i <= 200; ++i) {
      enqueue_keyed(bed, "a", static_cast<int>(random.up_to(5)), i);
      bed.advance(milliseconds(random.up_to(200)));
      if (i % 50 == 0) cut = true;
      if (i % 50 == 30) cut = false;
    }
    cut = false;
    for (int i = 0; i < 100; ++i) bed.advance(5s);
    check_all_ended(bed, 200);
    CHECK(first->figures().lost + second->figures().lost > 0);
    CHECK(first->figures().begun > 0);
    CHECK(second->figures().begun > 0);
  }
}

// Workers that serve attempts in the order in which they come, each for `takes`.
class FewWorkers final : public events::Runner {
 public:
  FewWorkers(PumpBed& bed, std::size_t workers, milliseconds takes)
      : bed_(bed), takes_(takes), free_at_(workers, bed.clock.now()) {}

  void run(Attempt attempt, std::function<void(AttemptResult)> done) noexcept override {
    const auto worker = std::min_element(free_at_.begin(), free_at_.end());
    *worker = std::max(*worker, bed_.clock.now()) + takes_;
    const EventDelivery& delivery = attempt.items[0].delivery;
    if (attempt.queue.tenant != "flood") {
      const auto waited = std::chrono::duration_cast<milliseconds>(
          bed_.wall() - delivery.enqueued_at + (*worker - bed_.clock.now()));
      longest = std::max(longest, waited);
      ++others;
    }
    bed_.timers.schedule(*worker - bed_.clock.now(), [this, done] {
      AttemptResult result = ScriptedRunner::ok();
      result.invocation.usage.cpu_time = takes_;
      done(std::move(result));
    });
  }

  milliseconds longest{0};
  int others = 0;

 private:
  PumpBed& bed_;
  milliseconds takes_;
  std::vector<base::TimePoint> free_at_;
};

TEST_CASE("a pump: a flood of one tenant leaves the others' latency alone") {
  PumpBed bed;
  FewWorkers workers(bed, 2, 1ms);
  bed.add_tenant("flood");
  for (int i = 0; i < 10; ++i) bed.add_tenant("t" + std::to_string(i));
  const auto pump = bed.make({}, &workers);
  pump->start();
  std::vector<EventEnqueue> flood(1000);
  for (int part = 0; part < 100; ++part) {
    for (EventEnqueue& unit : flood) {
      unit.deliveries.resize(1);
      unit.deliveries[0].queue = {"flood", "x", "e"};
      unit.deliveries[0].event_id = "flood";
    }
    bed.queue->enqueue(flood, [](auto answer) { CHECK(answer.has_value()); });
  }
  for (int i = 0; i < 200; ++i) {
    bed.enqueue("t" + std::to_string(i % 10));
    bed.advance(10ms);
  }
  bed.advance(100ms);
  CHECK(workers.others == 200);
  // At most what the flood may have under way is before them: 16 of 1 ms on two workers.
  CHECK(workers.longest <= 20ms);
  // And no worker idles meanwhile.
  CHECK(pump->figures().done >= 3800);
}

}  // namespace
}  // namespace sublet::test

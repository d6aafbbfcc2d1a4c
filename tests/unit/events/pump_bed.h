// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "events/delivery_info.h"
#include "events/delivery_record.h"
#include "events/pump.h"
#include "sublet/adapters/memory_event_queue.h"
#include "support/manual_clock.h"
#include "support/manual_timer_service.h"
#include "unit/events/faulty_queue.h"

namespace sublet::test {

using namespace std::chrono_literals;
using events::Attempt;
using events::AttemptResult;
using std::chrono::milliseconds;

class FakeDirectory final : public events::Directory {
 public:
  std::shared_ptr<const TenantPolicy> policy(std::string_view tenant) const override {
    const auto found = policies.find(tenant);
    return found == policies.end() ? nullptr : found->second;
  }
  std::vector<std::string> listeners(std::string_view, std::string_view) const override {
    return {};
  }
  std::optional<events::DeliveryRules> rules(const EventQueueName& queue) const override {
    const auto found = by_queue.find(queue);
    if (found == by_queue.end()) return std::nullopt;
    return found->second;
  }

  std::map<std::string, std::shared_ptr<TenantPolicy>, std::less<>> policies;
  std::map<EventQueueName, events::DeliveryRules> by_queue;
};

class FakeControls final : public events::Controls {
 public:
  void start(std::function<void()>) override {}
  void stop() noexcept override {}
  events::ControlVerdict verdict(const EventQueueName& queue) const override {
    events::ControlVerdict verdict;
    for (const EventControl& control : controls) {
      if (!control.scope.tenant.empty() && control.scope.tenant != queue.tenant) continue;
      verdict.reason = control.reason;
      verdict.paused |= control.action == EventAction::kPause;
      verdict.denied |= control.action == EventAction::kDeny;
      verdict.drained |= control.action == EventAction::kDrain;
      if (control.action == EventAction::kThrottle) verdict.throttle = control.rate;
    }
    return verdict;
  }
  void apply(EventControl, EventCallback<bool>) noexcept override {}
  void lift(EventScope, EventAction, EventCallback<bool>) noexcept override {}
  std::vector<EventControl> all() const override { return controls; }

  std::vector<EventControl> controls;
};

class FakeMembers final : public events::Members {
 public:
  void start(std::function<void()>) override {}
  void leave(std::function<void()>) noexcept override {}
  void stop() noexcept override {}
  bool is_place_of(std::string_view tenant) const override {
    return elsewhere.find(tenant) == elsewhere.end();
  }
  std::vector<std::string> all() const override { return {}; }

  std::set<std::string, std::less<>> elsewhere;
};

class FakePublisher final : public events::Publisher {
 public:
  void publish(std::vector<Publication>, events::PublishedBy, PublishCallback) noexcept override {}
  void fire(Publication, std::vector<EventRecordWrite>, EventCallback<bool>) noexcept override {}
  std::vector<NewDelivery> fan_out(const EventDelivery& delivery,
                                   const events::Envelope&) const override {
    std::vector<NewDelivery> made;
    for (const std::string& listener : listeners) {
      NewDelivery one;
      one.queue = {delivery.queue.tenant, listener, delivery.queue.event};
      one.event_id = delivery.event_id;
      one.payload = delivery.payload;
      made.push_back(one);
    }
    return made;
  }

  std::vector<std::string> listeners;
};

// Answers as it is told, after as long as it is told.
class ScriptedRunner final : public events::Runner {
 public:
  explicit ScriptedRunner(ManualTimerService& timers) : timers_(timers) {}

  void run(Attempt attempt, std::function<void(AttemptResult)> done) noexcept override {
    ++runs;
    under_way += 1;
    most_under_way = std::max(most_under_way, under_way);
    for (const Attempt::Item& item : attempt.items) begun.push_back(item.delivery.event_id);
    const milliseconds takes = duration ? duration(attempt) : milliseconds(0);
    auto finish = [this, done = std::move(done), attempt = std::move(attempt)] {
      --under_way;
      done(answer ? answer(attempt) : ok());
    };
    if (hold) {
      held.push_back(std::move(finish));
    } else if (takes.count() == 0) {
      finish();
    } else {
      timers_.schedule(takes, std::move(finish));
    }
  }

  static AttemptResult ended(Outcome outcome, std::string message = {}) {
    AttemptResult result;
    result.invocation.outcome = outcome;
    if (outcome != Outcome::kOk) result.invocation.error = GuestError{"Error", message, {}, {}};
    return result;
  }
  static AttemptResult ok(std::string json = "null") {
    AttemptResult result = ended(Outcome::kOk);
    result.invocation.json = std::move(json);
    result.invocation.extension_version = "1.2.3";
    result.invocation.usage.cpu_time = 1ms;
    return result;
  }
  void let_go() {
    for (const auto& finish : std::exchange(held, {})) finish();
  }

  std::function<AttemptResult(const Attempt&)> answer;
  std::function<milliseconds(const Attempt&)> duration;
  bool hold = false;
  std::vector<std::function<void()>> held;
  std::uint64_t runs = 0;
  int under_way = 0, most_under_way = 0;
  std::vector<std::string> begun;

 private:
  ManualTimerService& timers_;
};

// A queue in memory, time that passes when told, and pumps over them.
struct PumpBed {
  PumpBed() {
    queue =
        std::make_shared<FaultyQueue>(std::make_shared<MemoryEventQueue>([this] { return wall(); }),
                                      [this](milliseconds after, std::function<void()> run) {
                                        timers.schedule(after, std::move(run));
                                      });
  }

  EventTime wall() const {
    return EventTime(milliseconds(1'700'000'000'000) +
                     std::chrono::duration_cast<milliseconds>(clock.now().time_since_epoch()) +
                     jump);
  }

  std::shared_ptr<events::Pump> make(events::PumpOptions options = {}, events::Runner* by = nullptr,
                                     std::uint64_t seed = 1) {
    events::Setup setup;
    setup.queue = queue;
    setup.directory = &directory;
    setup.timers = &timers;
    setup.clock = &clock;
    setup.calendar = [this] { return wall(); };
    setup.random_seed = seed;
    setup.member = "member-" + std::to_string(seed);
    setup.reports.settled = [this](const DeliveryRecord& record) { settled.push_back(record); };
    setup.reports.suspended = [this](const BreakerChange& change, std::string_view) {
      suspended.push_back(change.to);
    };
    setup.reports.fault = [this](std::string_view where, std::string_view what) {
      faults.push_back(std::string(where) + ": " + std::string(what));
    };
    return events::Pump::create(setup, options, controls, members, by ? *by : runner);
  }
  std::shared_ptr<events::Pump> start(events::PumpOptions options = {}) {
    auto pump = make(options);
    pump->start();
    return pump;
  }

  // A tenant with one extension that listens to "e".
  TenantPolicy& add_tenant(const std::string& tenant) {
    auto policy = std::make_shared<TenantPolicy>();
    policy->events.delivery.first_backoff = 100ms;
    policy->events.delivery.last_backoff = 10s;
    directory.policies[tenant] = policy;
    directory.by_queue[{tenant, "x", "e"}].delivery = policy->events.delivery;
    return *policy;
  }
  events::DeliveryRules& rules(const std::string& tenant) {
    return directory.by_queue[{tenant, "x", "e"}];
  }

  std::string enqueue(const std::string& tenant,
                      const std::function<void(NewDelivery&)>& with = {}) {
    NewDelivery delivery;
    delivery.queue = {tenant, "x", "e"};
    delivery.event_id = "id-" + std::to_string(++last_id);
    delivery.payload = "{}";
    if (with) with(delivery);
    std::string id = delivery.event_id;
    EventEnqueue unit;
    unit.deliveries.push_back(std::move(delivery));
    queue->enqueue({std::move(unit)}, [](auto answer) { (void)answer.has_value(); });
    return id;
  }

  void advance(base::Nanoseconds by) { timers.advance(by); }

  EventCounts counts() {
    EventCounts counts;
    queue->count({}, [&](Result<EventCounts> answer) { counts = *answer; });
    return counts;
  }
  std::vector<DeliveryInfo> look(bool dead) {
    std::vector<DeliveryInfo> infos;
    EventPeek peek;
    peek.dead = dead;
    peek.limit = 1000;
    queue->peek(peek, [&](Result<std::vector<EventDelivery>> answer) {
      for (EventDelivery& delivery : *answer) infos.push_back(events::to_info(delivery));
    });
    return infos;
  }
  std::vector<DeliveryRecord> records() {
    std::vector<DeliveryRecord> records;
    std::string cursor;
    for (int page = 0; page < 1000; ++page) {
      bool last = true;
      queue->completions(cursor, 1000, [&](Result<EventCompletionPage> answer) {
        for (const EventCompletion& completion : answer->completions) {
          records.push_back(events::read_record(completion));
        }
        last = answer->completions.empty();
        cursor = answer->cursor;
      });
      if (last) break;
    }
    return records;
  }

  ManualClock clock;
  ManualTimerService timers{clock};
  milliseconds jump{0};
  FakeDirectory directory;
  FakeControls controls;
  FakeMembers members;
  ScriptedRunner runner{timers};
  std::shared_ptr<FaultyQueue> queue;
  std::vector<DeliveryRecord> settled;
  std::vector<BreakerState> suspended;
  std::vector<std::string> faults;
  int last_id = 0;
};

}  // namespace sublet::test

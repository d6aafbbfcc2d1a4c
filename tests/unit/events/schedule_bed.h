// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "events/scheduler.h"
#include "sublet/adapters/memory_event_queue.h"
#include "sublet/tenant.h"
#include "support/manual_clock.h"
#include "support/manual_timer_service.h"
#include "unavailable_queue.h"

namespace sublet::test {

// Knows the tenant "acme", unless told otherwise, and its extensions "crm" and "shop".
class ScheduleDirectory final : public events::Directory {
 public:
  bool knows_tenant = true;
  std::set<std::string> extensions = {"crm", "shop"};
  std::shared_ptr<TenantPolicy> tenant_policy = std::make_shared<TenantPolicy>();

  std::shared_ptr<const TenantPolicy> policy(std::string_view tenant) const override {
    return knows_tenant && tenant == "acme" ? tenant_policy : nullptr;
  }
  std::vector<std::string> listeners(std::string_view, std::string_view) const override {
    return {};
  }
  std::optional<events::DeliveryRules> rules(const EventQueueName& queue) const override {
    if (!knows_tenant || !extensions.contains(queue.extension) || queue.event == "unheard") {
      return std::nullopt;
    }
    return events::DeliveryRules{};
  }
};

// Puts what fires into the queue together with its records, and nothing else.
class PlainPublisher final : public events::Publisher {
 public:
  explicit PlainPublisher(std::shared_ptr<EventQueue> queue) : queue_(std::move(queue)) {}

  std::optional<Error> refuses;  // fire() with this

  void publish(std::vector<Publication>, events::PublishedBy,
               PublishCallback done) noexcept override {
    done(Error{ErrorCode::kInternal, "not in this test"});
  }
  std::vector<NewDelivery> fan_out(const EventDelivery&, const events::Envelope&) const override {
    return {};
  }
  void fire(Publication publication, std::vector<EventRecordWrite> records,
            EventCallback<bool> done) noexcept override {
    if (refuses) return done(*refuses);
    EventEnqueue unit;
    NewDelivery delivery;
    delivery.queue = {publication.tenant, publication.extension, publication.event};
    delivery.event_id = "e";
    delivery.payload = publication.payload;
    unit.deliveries.push_back(std::move(delivery));
    unit.records = std::move(records);
    std::vector<EventEnqueue> units;
    units.push_back(std::move(unit));
    queue_->enqueue(std::move(units), [done](const Result<std::vector<EventEnqueued>>& answer) {
      if (!answer) return done(answer.error());
      done(answer->front().status == EventEnqueued::Status::kEnqueued);
    });
  }

 private:
  const std::shared_ptr<EventQueue> queue_;
};

// Processes that share a queue, with a wall clock that can jump.
class ScheduleBed {
 public:
  struct Process {
    std::shared_ptr<UnavailableQueue> queue;
    std::shared_ptr<PlainPublisher> publisher;
    std::shared_ptr<events::Scheduler> scheduler;
    ScheduleDirectory directory;
    int faults = 0;
  };

  std::unique_ptr<Process> begin(bool started = true) {
    auto process = std::make_unique<Process>();
    process->queue = std::make_shared<UnavailableQueue>(queue);
    process->publisher = std::make_shared<PlainPublisher>(process->queue);
    events::Setup setup;
    setup.queue = process->queue;
    setup.directory = &process->directory;
    setup.timers = &timers;
    setup.clock = &clock;
    setup.calendar = [this] { return now(); };
    setup.member = "m";
    setup.reports.fault = [one = process.get()](std::string_view, std::string_view) {
      ++one->faults;
    };
    process->scheduler = events::Scheduler::create(setup, process->publisher);
    if (started) process->scheduler->start();
    return process;
  }

  EventTime now() const {
    return EventTime(std::chrono::floor<std::chrono::milliseconds>(clock.now().time_since_epoch() +
                                                                   begin_ + jumped_));
  }
  void pass(std::chrono::milliseconds time) { timers.advance(time); }
  // Both the queue's clock and the processes'.
  void jump(std::chrono::milliseconds by) { jumped_ += by; }

  // The payloads of what fired, in its order.
  std::vector<std::string> fired() const {
    std::vector<std::string> payloads;
    EventPeek all;
    all.limit = 1'000;
    for (bool more = true; more;) {
      queue->peek(all, [&](const Result<std::vector<EventDelivery>>& page) {
        for (const EventDelivery& delivery : *page) {
          payloads.push_back(delivery.payload);
          all.after = delivery.id;
        }
        more = page->size() == 1'000;
      });
    }
    return payloads;
  }

  ManualClock clock;
  ManualTimerService timers{clock};
  std::shared_ptr<MemoryEventQueue> queue =
      std::make_shared<MemoryEventQueue>([this] { return now(); });

 private:
  // 2026-03-01 00:00 UTC, when the clock begins.
  std::chrono::nanoseconds begin_ =
      std::chrono::seconds(1'772'323'200) - clock.now().time_since_epoch();
  std::chrono::milliseconds jumped_{0};
};

inline Schedule hourly(const std::string& name) {
  Schedule schedule;
  schedule.tenant = "acme";
  schedule.extension = "crm";
  schedule.name = name;
  schedule.event = "crm.tidy";
  schedule.cron = "@hourly";
  return schedule;
}

// What a call answered, which it has to have inside.
template <typename T, typename Call>
Result<T> answer_of(Call&& call) {
  std::vector<Result<T>> answers;
  call([&](Result<T> answer) { answers.push_back(std::move(answer)); });
  if (answers.size() != 1) return Error{ErrorCode::kInternal, "not answered once"};
  return answers.front();
}

inline Result<Schedule> create(ScheduleBed::Process& process, const Schedule& schedule) {
  return answer_of<Schedule>(
      [&](auto done) { process.scheduler->create_one(schedule, std::move(done)); });
}

inline Result<Schedule> update(ScheduleBed::Process& process, const Schedule& schedule) {
  return answer_of<Schedule>(
      [&](auto done) { process.scheduler->update_one(schedule, std::move(done)); });
}

inline std::vector<Schedule> list(ScheduleBed::Process& process,
                                  const std::string& extension = "") {
  return answer_of<std::vector<Schedule>>(
             [&](auto done) { process.scheduler->list("acme", extension, std::move(done)); })
      .value_or({});
}

}  // namespace sublet::test

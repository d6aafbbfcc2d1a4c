// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "unit/hostcall/session_fixture.h"

namespace sublet::hostcall {

// Keeps what it is given; answers at once with `next`, or later where that is empty.
class FakePublisher final : public events::Publisher {
 public:
  void publish(std::vector<Publication> publications, events::PublishedBy by,
               PublishCallback done) noexcept override {
    for (Publication& each : publications) published.push_back(std::move(each));
    published_by = std::move(by);
    if (next) return done(*next);
    held.push_back(std::move(done));
  }
  void fire(Publication, std::vector<EventRecordWrite>,
            EventCallback<bool> done) noexcept override {
    done(false);
  }
  std::vector<NewDelivery> fan_out(const EventDelivery&, const events::Envelope&) const override {
    return {};
  }

  std::optional<Result<std::vector<PublishReceipt>>> next;
  std::vector<PublishCallback> held;
  std::vector<Publication> published;
  events::PublishedBy published_by;
};

class FakeScheduler final : public events::Scheduler {
 public:
  void start() override {}
  void stop() noexcept override {}
  void create_one(Schedule schedule, EventCallback<Schedule> done) noexcept override {
    if (failure) return done(*failure);
    schedules.push_back(schedule);
    schedule.next_at = EventTime(std::chrono::seconds(60));
    done(schedule);
  }
  void update_one(Schedule schedule, EventCallback<Schedule> done) noexcept override {
    updated.push_back(schedule);
    done(schedule);
  }
  void remove(std::string tenant, std::string extension, std::string name,
              EventCallback<bool> done) noexcept override {
    removed.push_back(tenant + "/" + extension + "/" + name);
    done(!schedules.empty());
  }
  void list(std::string, std::string, EventCallback<std::vector<Schedule>> done) noexcept override {
    if (failure) return done(*failure);
    done(schedules);
  }
  void set_declared(std::string, std::string, std::vector<Schedule>,
                    EventCallback<bool> done) noexcept override {
    done(true);
  }
  void remove_all(std::string, std::string, EventCallback<bool> done) noexcept override {
    done(true);
  }

  std::optional<Error> failure;
  std::vector<Schedule> schedules;
  std::vector<Schedule> updated;
  std::vector<std::string> removed;
};

class FakeWebhooks final : public events::Webhooks {
 public:
  void url(std::string tenant, std::string extension, std::string name,
           EventCallback<std::string> done) noexcept override {
    if (failure) return done(*failure);
    done("https://hooks.example/" + tenant + "/" + extension + "/" + name);
  }
  void revoke(std::string, std::string, std::string name,
              EventCallback<bool> done) noexcept override {
    done(name == "known");
  }
  void revoke_all(std::string, std::string, EventCallback<bool> done) noexcept override {
    done(true);
  }
  void deliver(WebhookRequest, EventCallback<WebhookResponse> done) noexcept override {
    done(WebhookResponse{});
  }

  std::optional<Error> failure;
};

inline EventAccess event_access() {
  EventAccess access;
  access.tenant = "acme";
  access.extension = "triage";
  access.max_published = 5;
  access.payload = Bytes{64};
  access.payload_depth = 3;
  access.calendar = [] { return EventTime(std::chrono::seconds(1'000)); };
  return access;
}

// A session of an invocation that may do with events what it likes.
class EventSession : public SessionFixture {
 public:
  EventSession() {
    access.publisher = publisher;
    access.scheduler = scheduler;
    access.webhooks = webhooks;
  }

  void begin() {
    SessionSetup made = setup();
    made.events = std::make_shared<const EventAccess>(access);
    made.causes = &causes;
    made.trace_parent = "parent";
    session.emplace(std::move(made));
  }
  engine::HostCallStart call(std::string_view name, std::string_view arguments) {
    if (!session) begin();
    return session->start_call(name, std::string(arguments));
  }
  // The answer, or "code: message" of a refusal.
  std::string answer_of(std::string_view name, std::string_view arguments) {
    const engine::HostCallStart start = call(name, arguments);
    if (start.kind == Kind::kPending) return "pending";
    return start.kind == Kind::kAnswered ? start.text : start.code + ": " + start.text;
  }

  std::shared_ptr<FakePublisher> publisher = std::make_shared<FakePublisher>();
  std::shared_ptr<FakeScheduler> scheduler = std::make_shared<FakeScheduler>();
  std::shared_ptr<FakeWebhooks> webhooks = std::make_shared<FakeWebhooks>();
  EventAccess access = event_access();
  std::vector<std::string> causes;
  std::optional<HostCallSession> session;
};

inline PublishReceipt receipt_of(PublishStatus status, std::string message = {}) {
  PublishReceipt receipt;
  receipt.status = status;
  receipt.message = std::move(message);
  if (!receipt.accepted()) return receipt;
  receipt.event_id = "e-9";
  receipt.deliveries = status == PublishStatus::kNobodyListens ? 0 : 2;
  return receipt;
}

}  // namespace sublet::hostcall

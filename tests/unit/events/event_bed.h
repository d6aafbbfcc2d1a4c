// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/setup.h"
#include "support/manual_clock.h"
#include "support/manual_timer_service.h"
#include "unit/events/hooked_queue.h"

namespace sublet::test {

// Who listens, as a test says.
class ListedDirectory final : public events::Directory {
 public:
  std::map<std::string, TenantPolicy, std::less<>> tenants;
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> listening;

  std::shared_ptr<const TenantPolicy> policy(std::string_view tenant) const override {
    const auto found = tenants.find(tenant);
    if (found == tenants.end()) return nullptr;
    return std::make_shared<const TenantPolicy>(found->second);
  }
  std::vector<std::string> listeners(std::string_view tenant,
                                     std::string_view event) const override {
    const auto found = listening.find({std::string(tenant), std::string(event)});
    return found == listening.end() ? std::vector<std::string>() : found->second;
  }
  std::optional<events::DeliveryRules> rules(const EventQueueName& queue) const override {
    for (const std::string& extension : listeners(queue.tenant, queue.event)) {
      if (extension == queue.extension) return events::DeliveryRules();
    }
    return std::nullopt;
  }
};

// What the parts of the layer share, over a queue in memory and a clock that stands still. One
// thread.
struct EventBed {
  ManualClock clock;
  ManualTimerService timers{clock};
  ListedDirectory directory;
  // Steps of the calendar beside the clock.
  std::chrono::milliseconds calendar_step{0};
  std::shared_ptr<HookedQueue> queue = std::make_shared<HookedQueue>([this] { return now(); });
  std::vector<std::string> faults;
  std::vector<std::pair<EventControl, EventScope>> would_act;

  EventTime now() const {
    return EventTime(std::chrono::hours(480'000) + calendar_step +
                     std::chrono::floor<std::chrono::milliseconds>(clock.now().time_since_epoch()));
  }

  events::Setup setup(std::string member = "member") {
    events::Setup setup;
    setup.queue = queue;
    setup.directory = &directory;
    setup.timers = &timers;
    setup.clock = &clock;
    setup.calendar = [this] { return now(); };
    setup.random_seed = 1;
    setup.member = std::move(member);
    setup.reports.fault = [this](std::string_view where, std::string_view what) {
      faults.push_back(std::string(where) + ": " + std::string(what));
    };
    setup.reports.control_applied = [this](const EventControl& control, const EventScope& on) {
      would_act.emplace_back(control, on);
    };
    return setup;
  }
};

// What a call answered, which answers inside the call or when the test releases it.
template <typename T>
struct Answer {
  std::shared_ptr<std::vector<Result<T>>> got = std::make_shared<std::vector<Result<T>>>();

  EventCallback<T> callback() const {
    return [got = got](Result<T> result) { got->push_back(std::move(result)); };
  }
  bool came() const { return got->size() == 1; }  // exactly once
  const Result<T>& result() const { return got->at(0); }
};

}  // namespace sublet::test

// SPDX-License-Identifier: Apache-2.0
#include "host/event_service.h"

#include <fmt/format.h>

#include <random>
#include <tuple>
#include <utility>

#include "base/awaited.h"
#include "events/burial.h"
#include "host/await.h"
#include "host/event_options.h"
#include "host/known_versions.h"
#include "host/random_seed.h"

namespace sublet::host {
namespace {

// How long the end of a host waits for its last settlements, and for its goodbye.
constexpr std::chrono::milliseconds kLastWords = std::chrono::seconds(5);
// Deliveries of an extension that goes become dead letters by so many.
constexpr std::uint32_t kBuryPage = 500;
// Why deliveries to an extension that is not there die.
constexpr const char* kHandlerNotFound = "handler_not_found";

EventTime calendar() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::string unguessable_name() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", device(), device(), device(), device());
}

std::string burial(const EventDelivery& delivery, const std::string& reason) {
  const Outcome outcome =
      reason == kHandlerNotFound ? Outcome::kHandlerNotFound : Outcome::kCanceled;
  return events::burial_record(delivery, reason, outcome, calendar());
}

// A page after the other, each begun by the answer before it.
void bury_later(const std::shared_ptr<EventQueue>& queue, const EventFilter& filter) {
  queue->bury(
      filter, kHandlerNotFound, kBuryPage,
      [](const EventDelivery& delivery) { return burial(delivery, kHandlerNotFound); },
      [weak = std::weak_ptr<EventQueue>(queue), filter](const Result<std::uint64_t>& buried) {
        const auto left = weak.lock();
        if (left != nullptr && buried && *buried == kBuryPage) bury_later(left, filter);
      });
}

}  // namespace

Result<std::unique_ptr<EventService>> EventService::create(const HostOptions& options,
                                                           const ExtensionRegistry& registry,
                                                           std::shared_ptr<ObserverGate> observer) {
  if (Result<void> valid = check_event_options(options.events); !valid) return valid.error();
  std::unique_ptr<EventService> service(new EventService);
  service->observer_ = std::move(observer);
  service->delivers_ = options.events.deliver;
  service->directory_ = std::make_shared<EventDirectory>(registry, options.events.poll * 2);
  service->timers_ = std::make_shared<runtime::UvTimerThread>(base::system_clock());
  auto schemas = events::PayloadSchemas::compile(options.events.schemas);
  if (!schemas) {
    return Error{schemas.error().code, "HostOptions::events.schemas: " + schemas.error().message};
  }
  auto queue = open_event_queue(options);
  if (!queue) return queue.error();
  if (*queue == nullptr) return service;
  service->queue_ = std::move(queue).value();
  service->make_parts(options, registry, std::move(schemas).value());
  return service;
}

// Weak, so that who outlives the host for a late answer of the queue wakes nobody.
struct EventService::Wakes {
  std::weak_ptr<events::Pump> pump;
  std::weak_ptr<events::DeliveryRecords> records;
};

// Answers of the queue may come when the host is gone, to parts that outlive it for that reason:
// whoever reports holds what the parts borrow.
events::EventReports EventService::reports(std::shared_ptr<const void> kept) const {
  events::EventReports reports;
  const auto observer = observer_;
  reports.settled = [observer, wakes = wakes_](const DeliveryRecord& record) {
    observer->tell([&](Observer& told) { told.delivery_settled(record); });
    if (const auto records = wakes->records.lock()) records->wake();
  };
  reports.suspended = [observer](const BreakerChange& change, std::string_view extension) {
    observer->tell([&](Observer& told) { told.extension_suspended(extension, change); });
  };
  reports.control_applied = [observer](const EventControl& control, const EventScope& on) {
    observer->tell([&](Observer& told) { told.event_control_applied(control, on); });
  };
  reports.fault = [observer, kept = std::move(kept)](std::string_view where,
                                                     std::string_view what) {
    observer->tell([&](Observer& told) { told.internal_error(where, what); });
  };
  return reports;
}

void EventService::make_parts(const HostOptions& options, const ExtensionRegistry& registry,
                              events::PayloadSchemas schemas) {
  wakes_ = std::make_shared<Wakes>();
  runner_ = std::make_shared<EventRunner>(registry);
  using Ground = std::tuple<std::shared_ptr<EventDirectory>, std::shared_ptr<EventRunner>,
                            std::shared_ptr<runtime::UvTimerThread>,
                            std::shared_ptr<events::Controls>, std::shared_ptr<events::Members>>;
  events::Setup setup;
  setup.queue = queue_;
  setup.directory = directory_.get();
  setup.timers = timers_.get();
  setup.clock = &base::system_clock();
  setup.calendar = calendar;
  setup.random_seed = random_seed();
  setup.member = unguessable_name();
  setup.reports =
      reports(std::make_shared<const Ground>(directory_, runner_, timers_, nullptr, nullptr));
  controls_ = events::Controls::create(setup);
  members_ = events::Members::create(setup, member_options(options.events));
  setup.reports =
      reports(std::make_shared<const Ground>(directory_, runner_, timers_, controls_, members_));
  publisher_ = events::Publisher::create(setup, *controls_, std::move(schemas),
                                         [wakes = wakes_](std::vector<EventQueueName> queues) {
                                           if (const auto pump = wakes->pump.lock())
                                             pump->kick(std::move(queues));
                                         });
  scheduler_ = events::Scheduler::create(setup, publisher_);
  webhooks_ = events::Webhooks::create(setup, publisher_, *directory_, options.events.webhook_url);
  records_ = events::DeliveryRecords::create(setup, record_options(options.events));
  pump_ =
      events::Pump::create(setup, pump_options(options.events), *controls_, *members_, *runner_);
  pump_->set_publisher(publisher_);
  wakes_->pump = pump_;
  wakes_->records = records_;
}

void EventService::start(dispatch::Dispatcher& dispatcher) {
  if (queue_ == nullptr) return;
  runner_->open(dispatcher);
  const std::weak_ptr<events::Pump> pump = pump_;
  const auto look_again = [pump] {
    if (const auto found = pump.lock()) found->kick({});
  };
  controls_->start(look_again);
  records_->start();
  scheduler_->start();
  if (!delivers_) return;
  members_->start(look_again);
  pump_->start();
}

Result<void> EventService::available() const {
  if (queue_ != nullptr) return {};
  return Error{ErrorCode::kFailedPrecondition,
               "the host has no event queue (HostOptions::events.queue, state_directory)"};
}

std::shared_ptr<const hostcall::EventAccess> EventService::access_of(
    const TenantView& view, const Installed& installed) const {
  if (queue_ == nullptr) return nullptr;
  const EventPolicy& policy = view.policy->events;
  auto access = std::make_shared<hostcall::EventAccess>();
  access->tenant = installed.info.tenant;
  access->extension = installed.info.name;
  access->publisher = publisher_;
  access->scheduler = scheduler_;
  access->webhooks = webhooks_;
  access->max_published = policy.max_published;
  access->calendar = calendar;
  access->payload = policy.limits.payload;
  access->payload_depth = policy.limits.payload_depth;
  return access;
}

void EventService::listeners_changed() const noexcept {
  if (pump_ != nullptr) pump_->kick({});
}

Result<void> EventService::forget(std::string_view tenant, std::string_view extension) const {
  if (queue_ == nullptr) return {};
  const std::string of_tenant(tenant);
  const std::string of_extension(extension);
  const auto schedules = await<bool>([&](EventCallback<bool> done) {
    scheduler_->remove_all(of_tenant, of_extension, std::move(done));
  });
  if (!schedules) return schedules.error();
  const auto addresses = await<bool>([&](EventCallback<bool> done) {
    webhooks_->revoke_all(of_tenant, of_extension, std::move(done));
  });
  if (!addresses) return addresses.error();
  EventFilter filter;
  filter.tenant = of_tenant;
  filter.extension = of_extension;
  const auto buried = bury(filter, kHandlerNotFound);
  return buried ? Result<void>() : Result<void>(buried.error());
}

Result<void> EventService::set_schedules(std::string_view tenant, const Installed& draft) const {
  if (queue_ == nullptr) return {};
  std::vector<Schedule> declared = draft.schedules;
  for (Schedule& schedule : declared) {
    schedule.tenant = tenant;
    schedule.extension = draft.info.name;
  }
  const auto set = await<bool>([&](EventCallback<bool> done) {
    scheduler_->set_declared(std::string(tenant), draft.info.name, std::move(declared),
                             std::move(done));
  });
  return set ? Result<void>() : Result<void>(set.error());
}

Result<std::uint64_t> EventService::bury(const EventFilter& filter,
                                         const std::string& reason) const {
  std::uint64_t all = 0;
  while (true) {
    const auto buried = await<std::uint64_t>([&](EventCallback<std::uint64_t> done) {
      queue_->bury(
          filter, reason, kBuryPage,
          [reason](const EventDelivery& delivery) { return burial(delivery, reason); },
          std::move(done));
    });
    if (!buried) return buried.error();
    all += *buried;
    if (*buried < kBuryPage) return all;
  }
}

Result<void> EventService::subscribe(std::string name,
                                     std::function<void(const DeliveryRecord&)> told) const {
  if (Result<void> there = available(); !there) return there;
  return records_->subscribe(
      std::move(name), [gate = subscribers_, told = std::move(told)](const DeliveryRecord& record) {
        if (!gate->enter()) return;
        try {
          told(record);
        } catch (...) {  // its exception is its own affair
        }
        gate->leave();
      });
}

void EventService::forget_later(std::string_view tenant, std::string_view extension) const {
  if (queue_ == nullptr) return;
  const std::string of_tenant(tenant);
  const std::string of_extension(extension);
  scheduler_->remove_all(of_tenant, of_extension, [](const Result<bool>&) {});
  webhooks_->revoke_all(of_tenant, of_extension, [](const Result<bool>&) {});
  EventFilter filter;
  filter.tenant = of_tenant;
  filter.extension = of_extension;
  bury_later(queue_, filter);
  queue_->write_records({known_version_removal(tenant, extension)},
                        [](const Result<EventEnqueued>&) {});
}

Result<void> EventService::forget_addresses(std::string_view tenant) const {
  if (queue_ == nullptr) return {};
  using Records = std::vector<EventRecord>;
  const auto read = await<Records>([&](EventCallback<Records> done) {
    queue_->read_records("webhook_of", std::string(tenant), {}, EventQueue::kMaxPage,
                         std::move(done));
  });
  if (!read) return read.error();
  for (const EventRecord& record : *read) {
    const auto revoked = await<bool>([&](EventCallback<bool> done) {
      webhooks_->revoke_all(std::string(tenant), record.name.substr(0, record.name.find('/')),
                            std::move(done));
    });
    if (!revoked) return revoked.error();
  }
  return {};
}

bool EventService::drain(std::chrono::milliseconds deadline) {
  if (queue_ == nullptr || !delivers_) return true;
  const auto quiet = std::make_shared<base::Awaited<bool>>();
  pump_->drain([quiet] { quiet->answer(true); });
  return quiet->wait(deadline).has_value();
}

void EventService::resume() noexcept {
  if (pump_ != nullptr) pump_->resume();
}

void EventService::leave_to_parent() noexcept {
  if (queue_ == nullptr) return;
  stopped_ = true;
  // Threads of timers and queue are not here, and their locks may be held for ever.
  new std::shared_ptr<EventQueue>(queue_);
  new std::shared_ptr<events::Pump>(pump_);
  new std::shared_ptr<events::Scheduler>(scheduler_);
  new std::shared_ptr<events::Webhooks>(webhooks_);
  new std::shared_ptr<events::DeliveryRecords>(records_);
  new std::shared_ptr<events::Members>(members_);
  new std::shared_ptr<events::Controls>(controls_);
  new std::shared_ptr<events::Publisher>(publisher_);
  new std::shared_ptr<runtime::UvTimerThread>(timers_);
}

void EventService::begin_stop() noexcept {
  if (queue_ == nullptr) return;
  scheduler_->stop();
  pump_->stop();
}

void EventService::stop() noexcept {
  if (std::exchange(stopped_, true) || queue_ == nullptr) return;
  subscribers_->close();
  directory_->close();
  runner_->close();
  try {
    const auto quiet = std::make_shared<base::Awaited<bool>>();
    pump_->drain([quiet] { quiet->answer(true); });
    (void)quiet->wait(kLastWords);
    const auto gone = std::make_shared<base::Awaited<bool>>();
    members_->leave([gone] { gone->answer(true); });
    (void)gone->wait(kLastWords);
  } catch (...) {  // no memory to wait with: leases and heartbeats end by themselves
  }
  members_->stop();
  controls_->stop();
  records_->stop();
  queue_->watch({});
  timers_->stop();
}

EventService::~EventService() { stop(); }

}  // namespace sublet::host

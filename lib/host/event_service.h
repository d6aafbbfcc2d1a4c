// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dispatch/dispatcher.h"
#include "events/controls.h"
#include "events/delivery_records.h"
#include "events/members.h"
#include "events/publisher.h"
#include "events/pump.h"
#include "events/scheduler.h"
#include "events/webhooks.h"
#include "host/event_directory.h"
#include "host/event_runner.h"
#include "host/extension_registry.h"
#include "host/observer_gate.h"
#include "host/use_gate.h"
#include "hostcall/events/access.h"
#include "runtime/uv_timer_thread.h"
#include "sublet/extension_host.h"

namespace sublet::host {

// The durable events of a host, where it has a queue: everything in lib/events, put together.
//
// Ownership: owns the parts, until stop(); shares the queue.
// Thread safety: thread-safe.
// Blocking: what is said to; not on a thread of Sublet's.
class EventService {
 public:
  // Of a host without a queue, all that there is. kInvalidArgument, naming the option; what a
  // queue's open() says.
  static Result<std::unique_ptr<EventService>> create(const HostOptions& options,
                                                      const ExtensionRegistry& registry,
                                                      std::shared_ptr<ObserverGate> observer);
  ~EventService();

  // Delivers from here on.
  void start(dispatch::Dispatcher& dispatcher);

  // Null where there is no queue; likewise the parts.
  const std::shared_ptr<EventQueue>& queue() const noexcept { return queue_; }
  // kFailedPrecondition: there is none.
  Result<void> available() const;
  events::Publisher& publisher() const { return *publisher_; }
  events::Controls& controls() const { return *controls_; }
  events::Scheduler& scheduler() const { return *scheduler_; }
  events::Webhooks& webhooks() const { return *webhooks_; }
  events::Members& members() const { return *members_; }
  events::Pump& pump() const { return *pump_; }
  // Not called any more once this has stopped.
  Result<void> subscribe(std::string name, std::function<void(const DeliveryRecord&)> told) const;
  events::DeliveryRecords& records() const { return *records_; }

  // What an extension's code may ask of events; null without a queue.
  std::shared_ptr<const hostcall::EventAccess> access_of(const TenantView& view,
                                                         const Installed& installed) const;

  // The schedules that the extension's manifest declares, in place of those of the version before.
  // Waits for the queue.
  Result<void> set_schedules(std::string_view tenant, const Installed& draft) const;
  // Deliveries become dead letters, each with a record; answers how many. Waits for the queue.
  Result<std::uint64_t> bury(const EventFilter& filter, const std::string& reason) const;

  // While it is asked an extension that is not installed yet may use what its manifest declares.
  void add_draft(std::shared_ptr<const Installed> draft) const {
    directory_->add_draft(std::move(draft));
  }
  void remove_draft(const Installed& draft) const { directory_->remove_draft(draft); }

  // Who listens has changed.
  void listeners_changed() const noexcept;
  // Of an extension that is uninstalled: schedules, addresses, deliveries. Waits for the queue.
  Result<void> forget(std::string_view tenant, std::string_view extension) const;
  // The same, where nobody may wait.
  void forget_later(std::string_view tenant, std::string_view extension) const;
  // All addresses of a tenant. Waits for the queue.
  Result<void> forget_addresses(std::string_view tenant) const;

  // Begins nothing more, and waits for what is under way; false: some was left at the deadline.
  bool drain(std::chrono::milliseconds deadline);
  void resume() noexcept;

  // Begins nothing more and gives back what was claimed.
  void begin_stop() noexcept;
  // After the dispatcher's shutdown: waits, not for long, for what is to be settled; says goodbye
  // to the other processes, and ends everything. Idempotent.
  void stop() noexcept;
  // In a forked child: threads are not here, and the queue is the parent's.
  void leave_to_parent() noexcept;

 private:
  EventService() = default;

  void make_parts(const HostOptions& options, const ExtensionRegistry& registry,
                  events::PayloadSchemas schemas);
  events::EventReports reports(std::shared_ptr<const void> kept) const;

  std::shared_ptr<ObserverGate> observer_;
  std::shared_ptr<EventDirectory> directory_;
  std::shared_ptr<runtime::UvTimerThread> timers_;
  std::shared_ptr<EventQueue> queue_;
  std::shared_ptr<EventRunner> runner_;
  std::shared_ptr<events::Controls> controls_;
  std::shared_ptr<events::Members> members_;
  // What publisher, pump and records are told of by each other; set once they are made.
  struct Wakes;
  std::shared_ptr<Wakes> wakes_;
  // The way to what hosts subscribe.
  const std::shared_ptr<UseGate> subscribers_ = std::make_shared<UseGate>();
  std::shared_ptr<events::Publisher> publisher_;
  std::shared_ptr<events::Scheduler> scheduler_;
  std::shared_ptr<events::Webhooks> webhooks_;
  std::shared_ptr<events::DeliveryRecords> records_;
  std::shared_ptr<events::Pump> pump_;
  bool delivers_ = true;
  bool stopped_ = false;
};

}  // namespace sublet::host

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "events/envelope.h"
#include "sublet/adapters/event_queue.h"
#include "sublet/events.h"
#include "sublet/invocation.h"
#include "sublet/tenant.h"

// What durable events need of the host that they belong to.
namespace sublet::events {

// Several deliveries as one invocation, where the manifest asks for it.
struct BatchRules {
  std::uint32_t size = 1;               // 1: none. Up to 1000
  std::chrono::milliseconds window{0};  // how long the first one waits for more. Up to 5 min
};

// How one extension has one event delivered.
struct DeliveryRules {
  DeliveryPolicy delivery;  // the policy's, lowered where the manifest asks for less
  BatchRules batch;
};

// Who listens here. Thread-safe, and quick: called for each publication and each claim.
class Directory {
 public:
  virtual ~Directory() = default;
  // Null for a tenant that nothing is known of in this process.
  virtual std::shared_ptr<const TenantPolicy> policy(std::string_view tenant) const = 0;
  // The extensions of a tenant that listen to an event, sorted.
  virtual std::vector<std::string> listeners(std::string_view tenant,
                                             std::string_view event) const = 0;
  // Whether listeners() of the tenant are all that there will be, as far as one can tell: an event
  // that nobody was told of yet (the outbox's) goes to those and no others.
  virtual bool knows_listeners(std::string_view tenant) const { return policy(tenant) != nullptr; }
  // Nullopt: not installed in this process, or it does not listen to this event.
  virtual std::optional<DeliveryRules> rules(const EventQueueName& queue) const = 0;
};

// One attempt: a delivery, or a batch of one queue.
struct Attempt {
  EventQueueName queue;
  bool batch = false;  // the handler gets an array, also of one
  // From then on another process may have taken over: nothing of it is begun any more.
  base::TimePoint begin_by = base::TimePoint::max();
  struct Item {
    EventDelivery delivery;
    Envelope envelope;
  };
  std::vector<Item> items;  // at least one
};

// What came of an attempt.
struct AttemptResult {
  InvocationResult invocation;
  // It could not even be queued, and may be later: nothing ran.
  bool not_begun = false;
};

// Has extensions answer. Thread-safe.
class Runner {
 public:
  virtual ~Runner() = default;
  // `done` is called exactly once, on any thread or inside the call, under no lock.
  virtual void run(Attempt attempt, std::function<void(AttemptResult)> done) noexcept = 0;
};

// Told what happens, for the host; called under no lock, must not block or throw. Each may be
// empty.
struct EventReports {
  std::function<void(const DeliveryRecord&)> settled;  // once it is, by this process
  // A breaker suspended an extension, tries it or resumed it.
  std::function<void(const BreakerChange&, std::string_view extension)> suspended;
  // A control in dry run would have acted.
  std::function<void(const EventControl&, const EventScope& on)> control_applied;
  // What a queue said that it should not have, or a fault of ours.
  std::function<void(std::string_view where, std::string_view what)> fault;
};

}  // namespace sublet::events

// SPDX-License-Identifier: Apache-2.0
#include "events/pump/gate.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "policy/events/delivery_decision.h"
#include "policy/resilience/breaker_change.h"

namespace sublet::events {
namespace {

using namespace std::chrono_literals;

// Dead letters and outbox rows run nothing: some of them at once take one slot.
constexpr std::uint32_t kMostAtOnce = 64;
// Room for an extension to come back: a process may be on its way that has it.
constexpr base::Nanoseconds kUnknownFor = 24h + DeliveryPolicy{}.max_age;
// A rate's next token may be nearer than a timer goes.
constexpr base::Nanoseconds kLeastWait = 1ms;

PumpGateAnswer ask_again(base::TimePoint at) { return {std::nullopt, at}; }

bool covers(const EventScope& scope, const EventQueueName& queue) {
  return (scope.tenant.empty() || scope.tenant == queue.tenant) &&
         (scope.extension.empty() || scope.extension == queue.extension) &&
         (scope.event.empty() || scope.event == queue.event);
}

PumpClaim to_bury(std::string_view reason, std::string message) {
  PumpClaim claim;
  claim.what = PumpClaim::For::kBury;
  claim.count = kMostAtOnce;
  claim.slots = 1;
  claim.reason = reason;
  claim.message = std::move(message);
  return claim;
}

}  // namespace

bool PumpGate::wants(const EventQueueName& queue, base::TimePoint due) const {
  const base::Nanoseconds late = context_.now() - due;
  const Directory& directory = *context_.setup().directory;
  const bool known = queue.extension.empty() ? directory.knows_listeners(queue.tenant)
                                             : directory.rules(queue).has_value();
  if (!known && late <= kUnknownFor) return controls_.verdict(queue).denied;
  return late > context_.options().help_after || members_.is_place_of(queue.tenant);
}

BatchRules PumpGate::batch_of(const EventQueueName& queue) const {
  if (queue.extension.empty()) return {};
  const std::optional<DeliveryRules> rules = context_.setup().directory->rules(queue);
  return rules ? rules->batch : BatchRules{};
}

PumpGateAnswer PumpGate::ask(PumpQueue& queue, std::uint32_t room, base::TimePoint now) {
  const ControlVerdict verdict = controls_.verdict(queue.name);
  if (verdict.denied) return {to_bury(policy::dead_for::kDenied, verdict.reason), {}};
  const base::TimePoint later = now + context_.options().poll;
  if (verdict.paused) return ask_again(later);
  if (queue.name.extension.empty()) return ask_outbox(queue, room, now);
  const Directory& directory = *context_.setup().directory;
  PumpClaim claim;
  claim.policy = directory.policy(queue.name.tenant);
  std::optional<DeliveryRules> rules = directory.rules(queue.name);
  if (claim.policy == nullptr || !rules) return ask_unknown(queue, now);
  claim.rules = *rules;
  queue.tenant->share.weight = claim.policy->weight;
  claim.placed = members_.is_place_of(queue.name.tenant);
  if (!claim.placed && !overdue(queue, context_.options().help_after, now)) {
    return ask_again(base::TimePoint::max());
  }
  // Where it is too old to wait for being switched on, its attempt says so.
  if (!claim.policy->enabled && !overdue(queue, claim.rules.delivery.max_age, now)) {
    return ask_again(later);
  }
  if (queue.extension->held_until > now) return ask_again(queue.extension->held_until);
  const bool batch = claim.rules.batch.size > 1;
  claim.count =
      batch ? std::min(claim.rules.batch.size, EventQueue::kMaxClaim) : std::min(room, queue.guess);
  claim.slots = batch ? 1 : claim.count;
  if (std::optional<PumpGateAnswer> refused = ask_breaker(queue, claim, now)) return *refused;
  return ask_rates(queue, std::move(claim), verdict, now);
}

PumpGateAnswer PumpGate::ask_outbox(const PumpQueue& queue, std::uint32_t room,
                                    base::TimePoint now) const {
  PumpClaim claim;
  claim.policy = context_.setup().directory->policy(queue.name.tenant);
  if (claim.policy == nullptr) return ask_unknown(queue, now);
  if (!context_.setup().directory->knows_listeners(queue.name.tenant)) {
    if (overdue(queue, kUnknownFor, now)) return ask_unknown(queue, now);
    return ask_again(now + context_.options().poll);
  }
  queue.tenant->share.weight = claim.policy->weight;
  claim.what = PumpClaim::For::kFanOut;
  claim.rules.delivery = claim.policy->events.delivery;
  claim.count = kMostAtOnce;
  claim.slots = std::min(room, std::uint32_t{1});
  return {std::move(claim), {}};
}

PumpGateAnswer PumpGate::ask_unknown(const PumpQueue& queue, base::TimePoint now) const {
  if (!overdue(queue, kUnknownFor, now)) return ask_again(base::TimePoint::max());
  return {to_bury(policy::dead_for::kHandlerNotFound, "no process has this extension"), {}};
}

std::optional<PumpGateAnswer> PumpGate::ask_breaker(PumpQueue& queue, PumpClaim& claim,
                                                    base::TimePoint now) {
  const BreakerOptions& options = claim.policy->events.breaker;
  policy::CircuitBreaker& breaker = queue.extension->breaker;
  const bool closed = breaker.state() == BreakerState::kClosed;
  if (closed || options.enforcement == Enforcement::kDryRun) return std::nullopt;
  const policy::BreakerAdmission admission = breaker.admit(options, now);
  const EventReports& reports = context_.setup().reports;
  if (admission.transition && reports.suspended) {
    reports.suspended(policy::breaker_change(queue.name.tenant, {}, *admission.transition),
                      queue.name.extension);
  }
  if (!admission.admitted) {
    return ask_again(now + std::max(admission.retry_after, kLeastWait));
  }
  claim.probe = admission.ticket;
  claim.slots = 1;
  if (claim.rules.batch.size <= 1) claim.count = 1;
  return std::nullopt;
}

PumpGateAnswer PumpGate::ask_rates(const PumpQueue& queue, PumpClaim claim,
                                   const ControlVerdict& verdict, base::TimePoint now) {
  if (const Rate& rate = claim.policy->events.rate; rate.count > 0) {
    claim.rates.push_back({policy::BeginRate::Of::kPolicy, {queue.name.tenant, {}, {}}, rate});
  }
  if (verdict.throttle) add_throttles(queue.name, claim.rates);
  const policy::BeginRates::Grant grant = rates_.take(claim.rates, claim.count, now);
  if (grant.count > 0) {
    claim.count = grant.count;
    claim.slots = std::min(claim.slots, grant.count);
    return {std::move(claim), {}};
  }
  if (claim.probe) {
    queue.extension->breaker.record(claim.policy->events.breaker, *claim.probe,
                                    policy::CallResult::kIgnored, base::Nanoseconds(0), now,
                                    context_.random());
  }
  return ask_again(now + std::max(grant.wait, kLeastWait));
}

void PumpGate::add_throttles(const EventQueueName& queue,
                             std::vector<policy::BeginRate>& rates) const {
  for (EventControl& control : controls_.all()) {
    const bool acts = control.action == EventAction::kThrottle && !control.dry_run &&
                      (!control.until || *control.until > context_.queue_now());
    if (!acts || control.rate.count == 0 || !covers(control.scope, queue)) continue;
    rates.push_back({policy::BeginRate::Of::kControl, std::move(control.scope), control.rate});
  }
}

}  // namespace sublet::events

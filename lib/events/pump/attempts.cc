// SPDX-License-Identifier: Apache-2.0
#include "events/pump/attempts.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <utility>

#include "policy/resilience/breaker_change.h"

namespace sublet::events {
namespace {

using namespace std::chrono_literals;
using Kind = EventSettlement::Kind;
using policy::DeliveryDecision;

// Of what no process has: somebody may have it by then.
constexpr std::chrono::milliseconds kUnknownAgain = 60s;
// The publisher went first, at the end of the process.
constexpr std::chrono::milliseconds kNoPublisher = 1s;

DeliveryDecision released(std::chrono::milliseconds delay) {
  return {Kind::kRelease, delay, {}, {}};
}

// A batch is one invocation: its payloads have to fit into an isolate together.
constexpr std::size_t kMostBatchBytes = 4u << 20;

// It was in a batch that ended in a way which is not tried again. It may be the one that did it,
// or not: alone it is told apart from the others.
bool is_suspect(const PumpItem& item) {
  return item.last && !is_retried_by_default(item.last->outcome) &&
         item.last->outcome != Outcome::kOk;
}

}  // namespace

void PumpAttempts::begin(PumpQueue& queue, const PumpClaim& claim,
                         std::vector<EventDelivery> deliveries) {
  if (claim.what == PumpClaim::For::kRun) return run(queue, claim, std::move(deliveries));
  table_.charge(*queue.tenant, 0ns);
  for (EventDelivery& delivery : deliveries) {
    if (claim.what == PumpClaim::For::kBury) {
      bury(queue.name, claim, delivery);
    } else {
      fan_out(queue.name, claim, std::move(delivery));
    }
  }
}

void PumpAttempts::release(const EventQueueName& queue,
                           const std::vector<EventDelivery>& deliveries,
                           std::chrono::milliseconds delay) {
  for (const EventDelivery& delivery : deliveries) {
    settler_.add(make_settlement(queue, make_item(delivery, {}), released(delay), {}, {}, {}));
  }
}

void PumpAttempts::bury(const EventQueueName& queue, const PumpClaim& claim,
                        const EventDelivery& delivery) {
  const PumpItem item = make_item(delivery, read_envelope(delivery.envelope, delivery.enqueued_at));
  const EventTime now = context_.queue_now();
  const bool denied = claim.reason == policy::dead_for::kDenied;
  // Behind an old delivery of what nobody has there may be young ones.
  if (!denied && now - item.state.age_from <= 24h + DeliveryPolicy{}.max_age) {
    return release(queue, {delivery}, kUnknownAgain);
  }
  const DeliveryDecision decision{Kind::kDead, 0ms, claim.reason,
                                  denied ? Outcome::kDisabled : Outcome::kHandlerNotFound};
  settler_.add(make_settlement(queue, item, decision,
                               note_without_attempt(item, decision, claim.message), {}, now));
}

void PumpAttempts::fan_out(const EventQueueName& queue, const PumpClaim& claim,
                           EventDelivery delivery) {
  const Envelope envelope = read_envelope(delivery.envelope, delivery.enqueued_at);
  const PumpItem item = make_item(delivery, envelope);
  if (settle_before(queue, claim, item)) return;
  const std::shared_ptr<Publisher> publisher = publisher_.lock();
  if (publisher == nullptr) return release(queue, {delivery}, kNoPublisher);
  std::vector<NewDelivery> deliveries = publisher->fan_out(delivery, envelope);
  AttemptNote note{Outcome::kHandlerNotFound, {}, {}};
  PumpSettlement settlement =
      make_settlement(queue, item, DeliveryDecision{}, note, {}, context_.queue_now());
  if (!deliveries.empty()) {
    settlement.settlement.completion.clear();
    settlement.record.reset();
    settlement.settlement.deliveries = std::move(deliveries);
  }
  settler_.add(std::move(settlement));
}

bool PumpAttempts::settle_before(const EventQueueName& queue, const PumpClaim& claim,
                                 const PumpItem& item) {
  const EventTime now = context_.queue_now();
  const std::optional<DeliveryDecision> decision =
      policy::decide_before_attempt(claim.rules.delivery, item.state, now);
  if (!decision) return false;
  std::string message = decision->reason == policy::dead_for::kExpired
                            ? "it expired before it began"
                            : "no attempt came to an end: the process ended each time";
  const AttemptNote note = note_without_attempt(item, *decision, std::move(message));
  settler_.add(make_settlement(queue, item, *decision, note, {}, now));
  return true;
}

void PumpAttempts::run(PumpQueue& queue, const PumpClaim& claim,
                       std::vector<EventDelivery> deliveries) {
  const bool batch = claim.rules.batch.size > 1;
  std::deque<Claimed> attempts;
  const Claimed* open = nullptr;  // the batch that takes more
  std::size_t bytes = 0;          // of its payloads
  for (EventDelivery& delivery : deliveries) {
    Envelope envelope = read_envelope(delivery.envelope, delivery.enqueued_at);
    PumpItem item = make_item(delivery, envelope);
    if (settle_before(queue.name, claim, item)) continue;
    const std::size_t size = delivery.payload.size();
    const bool alone = !batch || is_suspect(item);
    if (alone || open == nullptr || bytes + size > kMostBatchBytes) {
      attempts.emplace_back().attempt = {queue.name, batch, base::TimePoint::max(), {}};
      bytes = 0;
    }
    open = alone ? nullptr : &attempts.back();
    bytes += size;
    attempts.back().attempt.items.push_back({std::move(delivery), std::move(envelope)});
    attempts.back().items.push_back(std::move(item));
  }
  bool first = true;
  for (Claimed& claimed : attempts) {
    begin_one(queue, claim, std::move(claimed), std::exchange(first, false));
  }
  if (first) forgo_probe(queue, claim);
}

void PumpAttempts::forgo_probe(PumpQueue& queue, const PumpClaim& claim) {
  if (!claim.probe) return;
  tell(queue, queue.extension->breaker.record(claim.policy->events.breaker, *claim.probe,
                                              policy::CallResult::kIgnored, 0ns, context_.now(),
                                              context_.random()));
  table_.drop_holds(*queue.tenant, *queue.extension);
}

void PumpAttempts::begin_one(PumpQueue& queue, const PumpClaim& claim, Claimed claimed,
                             bool first) {
  const base::TimePoint now = context_.now();
  const std::optional<policy::BreakerTicket> ticket = admit(queue, claim, first, now);
  if (!ticket) {
    for (const Attempt::Item& item : claimed.attempt.items) {
      release(queue.name, {item.delivery}, policy::release_delay(0, context_.random()));
    }
    return;
  }
  for (const PumpItem& item : claimed.items) {
    claimed.attempt.begin_by = std::min(claimed.attempt.begin_by, leases_.end_of(item.lease));
  }
  const auto under_way = std::make_shared<UnderWay>(
      UnderWay{&queue, claim.policy, claim.rules.delivery, claimed.attempt.batch, *ticket, now,
               std::move(claimed.items)});
  table_.take_slots(*queue.tenant, 1);
  ++queue.uses;
  ++begun_;
  under_way_ += static_cast<std::uint32_t>(under_way->items.size());
  runner_.run(std::move(claimed.attempt),
              context_.answer<AttemptResult>([this, under_way](AttemptResult result) {
                finish(*under_way, std::move(result));
              }));
}

std::optional<policy::BreakerTicket> PumpAttempts::admit(PumpQueue& queue, const PumpClaim& claim,
                                                         bool first, base::TimePoint now) {
  if (first && claim.probe) return claim.probe;
  const policy::BreakerAdmission admission =
      queue.extension->breaker.admit(claim.policy->events.breaker, now);
  tell(queue, admission.transition);
  if (!admission.admitted) return std::nullopt;
  return admission.ticket;
}

void PumpAttempts::tell(const PumpQueue& queue,
                        const std::optional<policy::BreakerTransition>& transition) {
  if (!transition || !context_.setup().reports.suspended) return;
  context_.setup().reports.suspended(policy::breaker_change(queue.name.tenant, {}, *transition),
                                     queue.name.extension);
}

}  // namespace sublet::events

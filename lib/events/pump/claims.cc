// SPDX-License-Identifier: Apache-2.0
#include "events/pump/claims.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "policy/resilience/backoff.h"

namespace sublet::events {
namespace {

using namespace std::chrono_literals;
using Place = PumpQueue::Place;

constexpr base::Nanoseconds kFirstBackoff = 50ms;
constexpr base::Nanoseconds kLastBackoff = 2s;
// How much one tenant may have of the process's attempts: this many times what it leaves free (the
// dynamic thresholds of Choudhury and Hahne, as in policy::ConcurrencyCap).
constexpr std::uint32_t kShare = 4;
constexpr std::uint32_t kLeastGuess = 2;

// Whether this process, which only helps, goes on with a queue.
bool still_late(const std::vector<EventDelivery>& deliveries, EventTime now,
                std::chrono::milliseconds help_after) {
  return !deliveries.empty() && now - deliveries.back().enqueued_at > help_after;
}

}  // namespace

void PumpClaims::advance(base::TimePoint now) {
  if (under_way() || now < retry_at_ || !may_begin_()) return;
  plan(now);
  if (under_way()) send(now);
}

base::TimePoint PumpClaims::next_at() const {
  return retry_at_ > context_.now() && !under_way() ? retry_at_ : base::TimePoint::max();
}

std::uint32_t PumpClaims::free_slots() const {
  const std::uint32_t most = context_.options().max_under_way;
  return most > table_.slots() ? most - table_.slots() : 0;
}

std::uint32_t PumpClaims::room_of(const PumpTenant& tenant) const {
  const auto policy = context_.setup().directory->policy(tenant.name);
  const std::uint32_t most = policy == nullptr ? 1 : policy->events.max_concurrency;
  const std::uint32_t own = most > tenant.slots ? most - tenant.slots : 0;
  // The most for which it has no more than its share of what is free afterwards.
  const std::uint64_t shared = std::uint64_t{kShare} * free_slots();
  if (shared <= tenant.slots) return 0;
  const std::uint64_t room = (shared - tenant.slots + kShare) / (kShare + 1);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(own, room));
}

void PumpClaims::plan(base::TimePoint now) {
  planned_ = 0;
  while (free_slots() > 0 && planned_ < EventQueue::kMaxClaim) {
    PumpTenant* const tenant = table_.pop_tenant(now);
    if (tenant == nullptr) return;
    plan_tenant(*tenant, now);
  }
}

void PumpClaims::plan_tenant(PumpTenant& tenant, base::TimePoint now) {
  while (!tenant.due.empty()) {
    const std::uint32_t room = room_of(tenant);
    if (room == 0) return table_.park(tenant);
    if (planned_ >= EventQueue::kMaxClaim) return table_.push(tenant);
    plan_queue(*PumpTable::pop_queue(tenant), room, now);
  }
}

void PumpClaims::plan_queue(PumpQueue& queue, std::uint32_t room, base::TimePoint now) {
  PumpGateAnswer answer = gate_.ask(queue, room, now);
  if (!answer.claim) {
    if (answer.ask_at == base::TimePoint::max()) return table_.set_idle(queue);
    return table_.hold(queue, answer.ask_at);
  }
  PumpClaim& claim = *answer.claim;
  const std::uint32_t most = EventQueue::kMaxClaim - planned_;
  if (claim.count > most) {
    gate_.give_back(claim, claim.count - most);
    claim.count = most;
    claim.slots = std::min(claim.slots, most);
  }
  planned_ += claim.count;
  queue.place = Place::kClaiming;
  queue.kicked = false;
  queue.kicks = 0;
  queue.used = now;
  ++queue.uses;
  table_.take_slots(*queue.tenant, claim.slots);
  plan_.push_back({&queue, std::move(claim)});
}

void PumpClaims::send(base::TimePoint now) {
  EventClaim request;
  request.owner = context_.setup().member;
  request.lease = context_.options().lease;
  for (const Planned& planned : plan_) {
    request.from.push_back({planned.queue->name, planned.claim.count});
  }
  context_.queue().claim(std::move(request),
                         context_.answer<Result<std::vector<EventDelivery>>>(
                             [this, now](Result<std::vector<EventDelivery>> answer) {
                               answered(now, std::move(answer));
                             }));
}

void PumpClaims::answered(base::TimePoint sent_at, Result<std::vector<EventDelivery>> answer) {
  const base::TimePoint now = context_.now();
  if (!answer) return failed(answer.error(), now);
  failures_ = 0;
  // What took that long to be answered may be another process's by now.
  const bool late = now - sent_at >= context_.options().lease;
  std::map<EventQueueName, std::vector<EventDelivery>> by_queue;
  for (EventDelivery& delivery : *answer) {
    leases_.add({delivery.id, delivery.fence}, sent_at);
    by_queue[delivery.queue].push_back(std::move(delivery));
  }
  for (const Planned& planned : std::exchange(plan_, {})) {
    auto brought = by_queue.extract(planned.queue->name);
    if (late && !brought.empty()) {
      attempts_.release(planned.queue->name, brought.mapped(), 0ms);
      brought = {};
    }
    end(planned, brought.empty() ? std::vector<EventDelivery>() : std::move(brought.mapped()), now);
  }
  for (const auto& [queue, deliveries] : by_queue) {
    context_.fault("claim", "the queue answered deliveries that nobody asked for");
    attempts_.release(queue, deliveries, 0ms);
  }
}

void PumpClaims::failed(const Error& error, base::TimePoint now) {
  if (error.code == ErrorCode::kInvalidArgument) context_.fault("claim", error.message);
  ++failures_;
  retry_at_ = now + kFirstBackoff / 2 +
              policy::backoff(kFirstBackoff, kLastBackoff, failures_, context_.random());
  for (const Planned& planned : std::exchange(plan_, {})) {
    planned.queue->kicked = true;  // whatever there was is there still
    end(planned, {}, now);
  }
}

void PumpClaims::end(const Planned& planned, std::vector<EventDelivery> deliveries,
                     base::TimePoint now) {
  PumpQueue& queue = *planned.queue;
  const PumpClaim& claim = planned.claim;
  const auto count = static_cast<std::uint32_t>(deliveries.size());
  --queue.uses;
  gate_.give_back(claim, claim.count - std::min(claim.count, count));
  bool full = count >= claim.count;
  // So that one call reaches many queues with little in them, and few with much.
  queue.guess =
      full ? std::min(claim.count * 2, EventQueue::kMaxClaim) : std::max(count + 1, kLeastGuess);
  if (!claim.placed) {
    full = full && still_late(deliveries, context_.queue_now(), context_.options().help_after);
  }
  table_.end_claim(queue, rounds_.after_claim(queue, full, now));
  if (!may_begin_()) {
    attempts_.release(queue.name, deliveries, 0ms);
    attempts_.forgo_probe(queue, claim);
  } else {
    attempts_.begin(queue, claim, std::move(deliveries));
  }
  table_.give_slots(*queue.tenant, claim.slots);
}

}  // namespace sublet::events

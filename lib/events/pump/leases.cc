// SPDX-License-Identifier: Apache-2.0
#include "events/pump/leases.h"

#include <algorithm>

namespace sublet::events {

void PumpLeases::put(std::uint64_t id, const Lease& lease) {
  Lease& kept = leases_[id];
  due_.erase({kept.extend_at, id});
  kept = lease;
  due_.emplace(kept.extend_at, id);
}

void PumpLeases::add(const EventLease& lease, base::TimePoint claimed_at) {
  const auto before = leases_.find(lease.id);
  if (before != leases_.end() && before->second.fence != lease.fence) lost_();
  const base::Nanoseconds time = context_.options().lease;
  put(lease.id, {lease.fence, claimed_at + time, claimed_at + time / 3, false});
}

void PumpLeases::remove(const EventLease& lease) {
  const auto found = leases_.find(lease.id);
  if (found == leases_.end() || found->second.fence != lease.fence) return;
  due_.erase({found->second.extend_at, lease.id});
  leases_.erase(found);
}

bool PumpLeases::holds(const EventLease& lease) const {
  const auto found = leases_.find(lease.id);
  return found != leases_.end() && found->second.fence == lease.fence;
}

void PumpLeases::set_settling(const EventLease& lease, bool settling) {
  if (holds(lease)) leases_[lease.id].settling = settling;
}

base::TimePoint PumpLeases::end_of(const EventLease& lease) const {
  const auto found = leases_.find(lease.id);
  return found == leases_.end() ? base::TimePoint{} : found->second.end;
}

void PumpLeases::extend_due(base::TimePoint now) {
  // What comes due a little later goes along.
  const base::TimePoint until = now + context_.options().lease / 30;
  while (!due_.empty() && due_.begin()->first <= now) {
    std::vector<EventLease> asked;
    while (!due_.empty() && due_.begin()->first <= until && asked.size() < EventQueue::kMaxClaim) {
      const std::uint64_t id = due_.begin()->second;
      Lease next = leases_[id];
      asked.push_back({id, next.fence});
      // Also when to ask again where no answer comes.
      next.extend_at = now + context_.options().lease / 6;
      put(id, next);
    }
    context_.queue().extend(asked, context_.options().lease,
                            context_.answer<Result<std::vector<bool>>>(
                                [this, asked, now](const Result<std::vector<bool>>& answer) {
                                  extended(asked, now, answer);
                                }));
  }
}

void PumpLeases::extended(const std::vector<EventLease>& asked, base::TimePoint asked_at,
                          const Result<std::vector<bool>>& answer) {
  if (answer && answer->size() != asked.size()) {
    context_.fault("extend", "the queue answered for another number of leases");
    return;
  }
  for (std::size_t i = 0; i < asked.size(); ++i) {
    extended_one(asked[i], asked_at, answer.has_value(), answer && (*answer)[i]);
  }
}

void PumpLeases::extended_one(const EventLease& asked, base::TimePoint asked_at, bool known,
                              bool held) {
  if (!holds(asked)) return;
  if (known && !held) {
    if (leases_[asked.id].settling) return;
    remove(asked);
    lost_();
    return;
  }
  Lease lease = leases_[asked.id];
  const base::Nanoseconds time = context_.options().lease;
  if (known) {
    lease.end = std::max(lease.end, asked_at + time);
    lease.extend_at = asked_at + time / 3;
  } else {
    lease.extend_at = context_.now() + time / 12;
  }
  put(asked.id, lease);
}

base::TimePoint PumpLeases::next_at() const {
  return due_.empty() ? base::TimePoint::max() : due_.begin()->first;
}

}  // namespace sublet::events

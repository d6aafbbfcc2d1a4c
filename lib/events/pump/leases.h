// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "events/pump/context.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::events {

// The claims that this process holds: extended at a third of their time until they are let go of.
//
// Ownership: of the pump. Thread safety: none; the pump's strand.
class PumpLeases {
 public:
  // `lost` is told of each that somebody has taken over.
  PumpLeases(PumpContext& context, std::function<void()> lost)
      : context_(context), lost_(std::move(lost)) {}

  // Claimed by a call that was made at `claimed_at`.
  void add(const EventLease& lease, base::TimePoint claimed_at);
  void remove(const EventLease& lease);
  // False: somebody has it by now, and there is nothing to settle.
  bool holds(const EventLease& lease) const;
  bool empty() const noexcept { return leases_.empty(); }
  // While its settlement is under way, nobody is surprised if it is not held any more.
  void set_settling(const EventLease& lease, bool settling);
  // When it ends if it is not extended again.
  base::TimePoint end_of(const EventLease& lease) const;

  void extend_due(base::TimePoint now);
  base::TimePoint next_at() const;

 private:
  struct Lease {
    std::uint64_t fence = 0;
    base::TimePoint end{};
    base::TimePoint extend_at{};
    bool settling = false;
  };
  using Due = std::pair<base::TimePoint, std::uint64_t>;

  void put(std::uint64_t id, const Lease& lease);
  void extended(const std::vector<EventLease>& asked, base::TimePoint asked_at,
                const Result<std::vector<bool>>& answer);
  void extended_one(const EventLease& asked, base::TimePoint asked_at, bool known, bool held);

  PumpContext& context_;
  const std::function<void()> lost_;
  std::unordered_map<std::uint64_t, Lease> leases_;
  std::set<Due> due_;
};

}  // namespace sublet::events

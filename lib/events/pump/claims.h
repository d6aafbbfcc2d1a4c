// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "events/pump/attempts.h"
#include "events/pump/context.h"
#include "events/pump/gate.h"
#include "events/pump/leases.h"
#include "events/pump/rounds.h"
#include "events/pump/table.h"

namespace sublet::events {

// Claims for those whose turn it is, a few each of several queues, one call at a time.
//
// Ownership: of the pump. Thread safety: none; the pump's strand.
class PumpClaims {
 public:
  // What the pump lets begin.
  using MayBegin = std::function<bool()>;

  PumpClaims(PumpContext& context, PumpTable& table, PumpGate& gate, PumpRounds& rounds,
             PumpLeases& leases, PumpAttempts& attempts, MayBegin may_begin)
      : context_(context),
        table_(table),
        gate_(gate),
        rounds_(rounds),
        leases_(leases),
        attempts_(attempts),
        may_begin_(std::move(may_begin)) {}

  // Claims what there is room for.
  void advance(base::TimePoint now);
  bool under_way() const noexcept { return !plan_.empty(); }
  // When to try again after the queue could not be reached; max(): no need.
  base::TimePoint next_at() const;

 private:
  struct Planned {
    PumpQueue* queue = nullptr;
    PumpClaim claim;
  };

  void plan(base::TimePoint now);
  void plan_tenant(PumpTenant& tenant, base::TimePoint now);
  void plan_queue(PumpQueue& queue, std::uint32_t room, base::TimePoint now);
  // How many attempts more the tenant may have.
  std::uint32_t room_of(const PumpTenant& tenant) const;
  std::uint32_t free_slots() const;
  void send(base::TimePoint now);
  void answered(base::TimePoint sent_at, Result<std::vector<EventDelivery>> answer);
  void failed(const Error& error, base::TimePoint now);
  void end(const Planned& planned, std::vector<EventDelivery> deliveries, base::TimePoint now);

  PumpContext& context_;
  PumpTable& table_;
  PumpGate& gate_;
  PumpRounds& rounds_;
  PumpLeases& leases_;
  PumpAttempts& attempts_;
  const MayBegin may_begin_;
  std::vector<Planned> plan_;   // of the call under way
  std::uint32_t planned_ = 0;   // deliveries of it
  std::uint32_t failures_ = 0;  // in a row
  base::TimePoint retry_at_{};
};

}  // namespace sublet::events

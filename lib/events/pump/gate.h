// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/controls.h"
#include "events/members.h"
#include "events/ports.h"
#include "events/pump/context.h"
#include "events/pump/table.h"
#include "policy/events/begin_rates.h"
#include "policy/resilience/circuit_breaker.h"

namespace sublet::events {

// What is claimed from one queue, and what for.
struct PumpClaim {
  enum class For : std::uint8_t {
    kRun,     // an extension answers
    kFanOut,  // of the outbox: it becomes deliveries
    kBury,    // dead letters for `reason`
  };
  For what = For::kRun;
  std::uint32_t count = 0;
  std::uint32_t slots = 0;
  std::shared_ptr<const TenantPolicy> policy;
  DeliveryRules rules;
  std::vector<policy::BeginRate> rates;        // taken from, `count` times
  std::optional<policy::BreakerTicket> probe;  // the one attempt that a suspended extension gets
  bool placed = true;                          // false: this process only helps
  std::string_view reason;
  std::string message;
};

// Whether a queue may be claimed from now.
struct PumpGateAnswer {
  std::optional<PumpClaim> claim;
  // Without a claim: when to ask again; max(): not before somebody tells of it.
  base::TimePoint ask_at = base::TimePoint::max();
};

// Holds queues against what is installed, policies, controls, breakers, rates and placement.
//
// Ownership: of the pump. Thread safety: none; the pump's strand.
class PumpGate {
 public:
  PumpGate(PumpContext& context, const Controls& controls, const Members& members)
      : context_(context), controls_(controls), members_(members) {}

  // Whether this process looks after a queue whose first delivery is due at `due`. `known`: its
  // rules, where it has any.
  bool wants(const EventQueueName& queue, base::TimePoint due) const;
  // A batch waits for more than one.
  BatchRules batch_of(const EventQueueName& queue) const;
  // `room`: how many attempts the tenant and the process may begin; not 0.
  PumpGateAnswer ask(PumpQueue& queue, std::uint32_t room, base::TimePoint now);
  // Part of what a claim was meant to get did not come.
  void give_back(const PumpClaim& claim, std::uint32_t count) {
    rates_.give_back(claim.rates, count);
  }

 private:
  PumpGateAnswer ask_outbox(const PumpQueue& queue, std::uint32_t room, base::TimePoint now) const;
  PumpGateAnswer ask_unknown(const PumpQueue& queue, base::TimePoint now) const;
  // Nullopt: nothing speaks against it.
  std::optional<PumpGateAnswer> ask_breaker(PumpQueue& queue, PumpClaim& claim,
                                            base::TimePoint now);
  PumpGateAnswer ask_rates(const PumpQueue& queue, PumpClaim claim, const ControlVerdict& verdict,
                           base::TimePoint now);
  void add_throttles(const EventQueueName& queue, std::vector<policy::BeginRate>& rates) const;
  bool overdue(const PumpQueue& queue, base::Nanoseconds by, base::TimePoint now) const {
    return now - queue.due_since > by;
  }

  PumpContext& context_;
  const Controls& controls_;
  const Members& members_;
  policy::BeginRates rates_;
};

}  // namespace sublet::events

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "events/pump/context.h"
#include "events/pump/gate.h"
#include "events/pump/table.h"

namespace sublet::events {

// Finds out which queues have something: page by page at each poll, and what kicks tell of.
//
// Ownership: of the pump. Thread safety: none; the pump's strand.
class PumpRounds {
 public:
  PumpRounds(PumpContext& context, PumpTable& table, PumpGate& gate)
      : context_(context), table_(table), gate_(gate) {}

  // There may be something in it now.
  void kick(const EventQueueName& name);
  // There may be something anywhere, and what was held back may not be any more.
  void kick_all();
  // Of a queue that is known: there is something at this time.
  void set_due(const EventQueueName& name, base::TimePoint at);
  void advance(base::TimePoint now);
  // From here on nobody is asked what this process looks after.
  void stop() { stopped_ = true; }
  base::TimePoint next_at() const;
  // When a queue is worth another claim: it brought as much as was asked for, or was told of
  // meanwhile.
  base::TimePoint after_claim(const PumpQueue& queue, bool full, base::TimePoint now) const;

 private:
  void next_page(std::string after);
  void paged(const Result<EventReadyPage>& answer);
  void seen(const EventReadiness& ready, base::TimePoint now);
  void end_round();

  PumpContext& context_;
  PumpTable& table_;
  PumpGate& gate_;
  std::uint64_t round_ = 0;
  bool under_way_ = false;
  bool again_ = false;  // asked for during a round
  bool stopped_ = false;
  base::TimePoint next_at_{};
};

}  // namespace sublet::events

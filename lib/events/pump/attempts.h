// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "events/ports.h"
#include "events/publisher.h"
#include "events/pump/context.h"
#include "events/pump/gate.h"
#include "events/pump/item.h"
#include "events/pump/leases.h"
#include "events/pump/settler.h"
#include "events/pump/table.h"

namespace sublet::events {

// Deliveries from their claim to their settlement: has extensions answer, and decides what it leads
// to.
//
// Ownership: of the pump. Thread safety: none; the pump's strand.
class PumpAttempts {
 public:
  PumpAttempts(PumpContext& context, PumpTable& table, PumpLeases& leases, PumpSettler& settler,
               Runner& runner)
      : context_(context), table_(table), leases_(leases), settler_(settler), runner_(runner) {}

  void set_publisher(std::weak_ptr<Publisher> publisher) { publisher_ = std::move(publisher); }

  // All that one claim brought of a queue.
  void begin(PumpQueue& queue, const PumpClaim& claim, std::vector<EventDelivery> deliveries);
  // What was claimed and shall not begin.
  void release(const EventQueueName& queue, const std::vector<EventDelivery>& deliveries,
               std::chrono::milliseconds delay);
  // A probe that a claim was meant for, and found nothing.
  void forgo_probe(PumpQueue& queue, const PumpClaim& claim);

  std::uint32_t under_way() const noexcept { return under_way_; }
  std::uint64_t begun() const noexcept { return begun_; }

 private:
  struct UnderWay {
    PumpQueue* queue = nullptr;
    std::shared_ptr<const TenantPolicy> policy;
    DeliveryPolicy delivery;
    bool batch = false;
    policy::BreakerTicket ticket;
    base::TimePoint begun_at{};
    std::vector<PumpItem> items;
  };
  struct Claimed {
    Attempt attempt;
    std::vector<PumpItem> items;
  };

  void bury(const EventQueueName& queue, const PumpClaim& claim, const EventDelivery& delivery);
  void fan_out(const EventQueueName& queue, const PumpClaim& claim, EventDelivery delivery);
  void run(PumpQueue& queue, const PumpClaim& claim, std::vector<EventDelivery> deliveries);
  // True: it is settled, and nothing runs.
  bool settle_before(const EventQueueName& queue, const PumpClaim& claim, const PumpItem& item);
  void begin_one(PumpQueue& queue, const PumpClaim& claim, Claimed claimed, bool first);
  // Nullopt: the extension has been suspended meanwhile.
  std::optional<policy::BreakerTicket> admit(PumpQueue& queue, const PumpClaim& claim, bool first,
                                             base::TimePoint now);

  void finish(UnderWay& attempt, AttemptResult result);
  void record(const UnderWay& attempt, const AttemptResult& result, base::TimePoint now);
  void finish_item(const UnderWay& attempt, const PumpItem& item, const policy::AttemptEnd& end,
                   const AttemptNote& note, const PumpUsage& usage);
  void finish_batch(const UnderWay& attempt, const AttemptResult& result, const PumpUsage& usage);
  void note_release(PumpExtension& extension, base::Nanoseconds delay);
  void tell(const PumpQueue& queue, const std::optional<policy::BreakerTransition>& transition);

  PumpContext& context_;
  PumpTable& table_;
  PumpLeases& leases_;
  PumpSettler& settler_;
  Runner& runner_;
  std::weak_ptr<Publisher> publisher_;
  std::uint32_t under_way_ = 0;  // deliveries
  std::uint64_t begun_ = 0;      // attempts
};

}  // namespace sublet::events

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "events/pump/context.h"
#include "events/pump/leases.h"
#include "sublet/adapters/event_queue.h"
#include "sublet/events.h"

namespace sublet::events {

// One settlement on its way to the queue.
struct PumpSettlement {
  EventSettlement settlement;
  EventQueueName queue;
  bool keyed = false;                    // it has an ordering key: another may wait for it
  std::optional<DeliveryRecord> record;  // kDone, kDead: what the host is told
};

// Settles in bunches, one call at a time: what comes meanwhile goes with the next. Where the queue
// cannot be reached it tries again, for as long as the claim may still be ours.
//
// Ownership: of the pump. Thread safety: none; the pump's strand.
class PumpSettler {
 public:
  enum class End : std::uint8_t { kSettled, kLost, kUnknown };
  using Told = std::function<void(const PumpSettlement&, End)>;

  // `told` of each, once: kLost, the queue says that it was not ours any more; kUnknown, the queue
  // did not say, and its lease tells who goes on.
  PumpSettler(PumpContext& context, PumpLeases& leases, Told told)
      : context_(context), leases_(leases), told_(std::move(told)) {}

  void add(PumpSettlement settlement);
  void flush(base::TimePoint now);
  // How many are not settled.
  std::size_t backlog() const noexcept { return waiting_.size() + sent_.size(); }
  // When there is something to do, besides what answers bring.
  base::TimePoint next_at() const;

 private:
  struct Entry {
    PumpSettlement settlement;
    base::TimePoint give_up_at{};
    bool maybe_done = false;  // an answer said neither yes nor no
  };

  void send(base::TimePoint now);
  void answered(const Result<std::vector<bool>>& answer);
  void failed(const Error& error);
  void end(const Entry& entry, End end);

  PumpContext& context_;
  PumpLeases& leases_;
  const Told told_;
  std::deque<Entry> waiting_;
  std::vector<Entry> sent_;
  base::TimePoint retry_at_{};
  std::uint32_t failures_ = 0;  // in a row
  std::size_t one_by_one_ = 0;  // so many: the queue found something wrong with one of them
};

}  // namespace sublet::events

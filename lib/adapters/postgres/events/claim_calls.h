// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/postgres/events/event_call.h"

// The calls of those who work on deliveries.
namespace sublet::adapters::postgres {

class ClaimCall final : public EventAnswer<std::vector<EventDelivery>> {
 public:
  ClaimCall(EventContext& context, EventClaim request)
      : EventAnswer(context), request_(std::move(request)) {}
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;
  void finish() override;
  bool writes() const noexcept override { return true; }

 private:
  const EventClaim request_;
  std::int64_t latest_ = kNoTime;  // known as it was sent
};

class ExtendCall final : public EventAnswer<std::vector<bool>> {
 public:
  ExtendCall(EventContext& context, std::vector<EventLease> leases, std::chrono::milliseconds lease)
      : EventAnswer(context), leases_(std::move(leases)), lease_(lease) {}
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;
  void finish() override;
  bool writes() const noexcept override { return true; }

 private:
  const std::vector<EventLease> leases_;
  const std::chrono::milliseconds lease_;
  std::set<EventLease> held_;
};

class ReadyCall final : public EventAnswer<EventReadyPage> {
 public:
  // `after`: as `next` of a page, or empty.
  ReadyCall(EventContext& context, EventQueueName after, std::uint32_t limit)
      : EventAnswer(context), after_(std::move(after)), limit_(limit) {}
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;

 private:
  const EventQueueName after_;
  const std::uint32_t limit_;
  std::int64_t latest_ = kNoTime;  // known as it was sent
};

}  // namespace sublet::adapters::postgres

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "adapters/postgres/events/enqueue_plan.h"
#include "adapters/postgres/events/event_call.h"

namespace sublet::adapters::postgres {

// Units in one transaction. Where there are keys or records, these are locked and read first, and a
// plan tells what is written; else all of it goes in one round trip.
class EnqueueCall final : public EventAnswer<std::vector<EventEnqueued>> {
 public:
  enum class Ids { kDeliveries, kRecords };  // that the answer has

  EnqueueCall(EventContext& context, std::vector<EventEnqueue> units, Ids ids = Ids::kDeliveries)
      : EventAnswer(context), units_(std::move(units)), ids_wanted_(ids) {}

  void send(Sender& sender) override;
  bool has_steps() const noexcept override { return true; }
  void step(std::size_t statement, const Rows& rows, Sender& sender) override;
  void finish() override;
  bool writes() const noexcept override { return true; }

 private:
  Stripes stripes() const;
  void put_reads(Sender& sender);
  void put_counts(Sender& sender);
  void take_read(std::size_t statement, const Rows& rows);
  void put_writes(Sender& sender);
  void put_keys(Sender& sender);
  void put_records(Sender& sender);

  const std::vector<EventEnqueue> units_;
  const Ids ids_wanted_;
  // Whose answers come in the places of the statements behind the lock.
  std::vector<const EventEnqueue*> keyed_;
  std::vector<const EventRecordWrite*> looked_up_;
  std::vector<const EventRecordWrite*> counted_;
  std::size_t first_read_ = 0;
  EnqueueFound found_;
  EnqueuePlan plan_;
  bool planned_ = false;
  std::size_t first_insert_ = 0;
  std::size_t end_of_inserts_ = 0;
  std::size_t written_ = 0;  // the place of kWriteRecords
  std::vector<std::uint64_t> ids_;
  std::vector<std::uint64_t> versions_;
};

}  // namespace sublet::adapters::postgres

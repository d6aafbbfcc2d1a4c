// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "adapters/postgres/events/event_call.h"

namespace sublet::adapters::postgres {

// Settlements in one transaction, in one round trip; in two where some enqueue something, which
// they do only where the lease is still held.
class SettleCall final : public EventAnswer<std::vector<bool>> {
 public:
  SettleCall(EventContext& context, std::vector<EventSettlement> settlements)
      : EventAnswer(context), settlements_(std::move(settlements)) {}
  void send(Sender& sender) override;
  bool has_steps() const noexcept override { return true; }
  void step(std::size_t statement, const Rows& rows, Sender& sender) override;
  bool writes() const noexcept override { return true; }

 private:
  // Places in settlements_.
  using Places = std::vector<std::size_t>;

  Places sorted() const;
  void put_locks(Sender& sender, const Places& all);
  void put_settlements(Sender& sender, const Places& all);
  void put_done(Sender& sender, Places places);
  void put_dead(Sender& sender, Places places);
  void put_again(Sender& sender, Places places);
  void put_deliveries(Sender& sender);

  const std::vector<EventSettlement> settlements_;
  std::size_t first_ = 0;       // of the statements that settle
  std::vector<Places> groups_;  // of each of them
  bool enqueues_ = false;
};

}  // namespace sublet::adapters::postgres

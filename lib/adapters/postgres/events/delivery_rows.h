// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "adapters/postgres/events/event_call.h"

// Deliveries as they go to the server and come back.
namespace sublet::adapters::postgres {

// Of the columns of SUBLET_FOUND in statement_parts.h.
EventDelivery delivery_of(const Rows& rows, std::size_t row);
inline constexpr int kDeliveryColumns = 18;

EventQueueName queue_of(const Rows& rows, std::size_t row, int column);

// Sends statements that insert these, in their order; answers how many statements. Each answers the
// ids of its own.
std::size_t send_inserts(Sender& sender, const std::vector<const NewDelivery*>& deliveries,
                         std::int64_t time);

// Reads the answer of statements that end deliveries: ended(place) for those, and which queues have
// something to run instead.
template <typename Ended>
void read_ended(const Rows& rows, std::set<EventQueueName>& changed, Ended&& ended) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows.is_null(row, 0)) {
      changed.insert(queue_of(rows, row, 1));
    } else {
      ended(rows.number(row, 0));
    }
  }
}

}  // namespace sublet::adapters::postgres

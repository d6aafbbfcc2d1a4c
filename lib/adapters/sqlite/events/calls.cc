// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/calls.h"

#include <algorithm>

namespace sublet::adapters::sqlite::events {
namespace {

EnqueuePart size_of(const EventEnqueue& unit) noexcept {
  EnqueuePart size{1, std::max<std::size_t>(1, unit.deliveries.size() + unit.records.size()),
                   unit.idempotency_key.size()};
  for (const NewDelivery& delivery : unit.deliveries) {
    size.bytes += delivery.payload.size() + delivery.envelope.size() + delivery.event_id.size() +
                  2 * delivery.ordering_key.size();
  }
  for (const EventRecordWrite& write : unit.records) {
    size.bytes += write.name.size() + (write.data.has_value() ? write.data->size() : 0);
  }
  return size;
}

}  // namespace

EnqueuePart next_part(const EnqueueRequest& request) noexcept {
  EnqueuePart part;
  for (std::size_t i = request.committed.size(); i < request.units.size(); ++i) {
    const EnqueuePart unit = size_of(request.units[i]);
    const bool fits =
        part.rows + unit.rows <= kRowsOfTenant && part.bytes + unit.bytes <= kBytesOfTenant;
    if (!fits && part.units > 0) break;
    part.units += 1;
    part.rows += unit.rows;
    part.bytes += unit.bytes;
  }
  return part;
}

}  // namespace sublet::adapters::sqlite::events

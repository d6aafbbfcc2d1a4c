// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/claim_calls.h"

#include <algorithm>
#include <set>

#include "adapters/postgres/events/cursors.h"
#include "adapters/postgres/events/delivery_rows.h"

namespace sublet::adapters::postgres {

void ClaimCall::send(Sender& sender) {
  begin();
  const std::int64_t time = context().time();
  context().observe(time);
  if (context().leases_to_mend()) put_mend(sender);
  const std::size_t size = request_.from.size();
  ByteArray tenants(size), extensions(size), events(size);
  NumberArray most(size);
  for (const EventClaim::From& from : request_.from) {
    tenants.add(from.queue.tenant);
    extensions.add(from.queue.extension);
    events.add(from.queue.event);
    most.add(from.max);
  }
  Parameters parameters;
  parameters.array(std::move(tenants)).array(std::move(extensions)).array(std::move(events));
  parameters.array(std::move(most)).bytes(request_.owner).number(request_.lease.count());
  parameters.number(time);
  put(sender, EventStatement::kClaim, parameters);
}

void ClaimCall::take(std::size_t statement, const Rows& rows) {
  if (statement != last()) return;
  if (statement > 0) context().mended();
  // By the queue's place in the request, then as they were due.
  using Place = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
  std::vector<std::pair<Place, std::size_t>> order;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    order.push_back({{rows.number(row, kDeliveryColumns), rows.number(row, kDeliveryColumns + 1),
                      rows.number(row, kDeliveryColumns + 2)},
                     row});
  }
  std::sort(order.begin(), order.end());
  answer_.clear();
  for (const auto& [place, row] : order) answer_.push_back(delivery_of(rows, row));
  if (rows.size() > 0) context().observe(rows.number(0, kDeliveryColumns + 3));
}

void ExtendCall::send(Sender& sender) {
  begin();
  std::set<EventLease> sorted(leases_.begin(), leases_.end());
  NumberArray ids(sorted.size()), fences(sorted.size());
  for (const EventLease& lease : sorted) {
    ids.add(static_cast<std::int64_t>(lease.id));
    fences.add(static_cast<std::int64_t>(lease.fence));
  }
  Parameters parameters;
  parameters.array(std::move(ids)).array(std::move(fences)).number(lease_.count());
  parameters.number(context().time());
  put(sender, EventStatement::kExtend, parameters);
}

void ExtendCall::take(std::size_t, const Rows& rows) {
  std::set<EventLease> held;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    held.insert({static_cast<std::uint64_t>(rows.number(row, 0)),
                 static_cast<std::uint64_t>(rows.number(row, 1))});
  }
  answer_.clear();
  for (const EventLease& lease : leases_) answer_.push_back(held.contains(lease));
}

void ReadyCall::send(Sender& sender) {
  begin();
  const std::int64_t time = context().time();
  context().observe(time);
  if (context().leases_to_mend()) put_mend(sender);
  Parameters parameters;
  parameters.bytes(after_.tenant).bytes(after_.extension).bytes(after_.event);
  parameters.number(std::int64_t{limit_} + 1).number(time);
  put(sender, EventStatement::kReady, parameters);
}

void ReadyCall::take(std::size_t statement, const Rows& rows) {
  if (statement != last()) return;
  if (statement > 0) context().mended();
  answer_ = {};
  answer_.now = event_time(rows.number(0, 0));
  context().observe(rows.number(0, 0));
  for (std::size_t row = 0; row < rows.size() && !rows.is_null(row, 1); ++row) {
    if (answer_.queues.size() == limit_) {
      answer_.next = cursor_of(answer_.queues.back().queue);
      break;
    }
    answer_.queues.push_back({queue_of(rows, row, 1), event_time(rows.number(row, 4))});
  }
}

}  // namespace sublet::adapters::postgres

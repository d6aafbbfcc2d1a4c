// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/claim_calls.h"

#include <algorithm>
#include <memory>
#include <set>

#include "adapters/postgres/events/cursors.h"
#include "adapters/postgres/events/delivery_rows.h"

namespace sublet::adapters::postgres {
namespace {

// Answers what is to be remembered for the answer.
std::int64_t look_at_clock(EventContext& context, std::int64_t time) {
  context.clock().observe(time, context.clock().latest());
  context.mend_if_needed();
  return context.clock().latest();
}

}  // namespace

void ClaimCall::send(Sender& sender) {
  begin();
  const std::int64_t time = context().time();
  latest_ = look_at_clock(context(), time);
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

void ClaimCall::take(std::size_t, const Rows& rows) {
  // By the queue's place in the request, then as they were due.
  std::vector<std::pair<std::int64_t, std::size_t>> order;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    order.emplace_back(rows.number(row, kDeliveryColumns), row);
  }
  std::sort(order.begin(), order.end());
  answer_.clear();
  for (const auto& [place, row] : order) answer_.push_back(delivery_of(rows, row));
  if (rows.size() > 0) context().clock().observe(rows.number(0, kDeliveryColumns + 1), latest_);
}

// Who is told that nothing is due may rely on it.
void ClaimCall::finish() {
  if (!context().mending()) return EventAnswer::finish();
  struct Kept {
    std::function<void(Result<std::vector<EventDelivery>>)> done;
    std::vector<EventDelivery> answer;
  };
  const auto kept = std::make_shared<Kept>();
  context().after_mending([kept] { deliver(kept->done, std::move(kept->answer)); });
  kept->done = std::exchange(done, nullptr);
  kept->answer = std::move(answer_);
}

void ExtendCall::send(Sender& sender) {
  begin();
  held_.clear();
  const std::set<EventLease> sorted(leases_.begin(), leases_.end());
  const auto id_of = [](const EventLease& lease) { return lease.id; };
  const std::vector<EventLease> all(sorted.begin(), sorted.end());
  for (const std::vector<EventLease>& once : each_id_once(all, id_of)) {
    NumberArray ids(once.size()), fences(once.size());
    for (const EventLease& lease : once) {
      ids.add(static_cast<std::int64_t>(lease.id));
      fences.add(static_cast<std::int64_t>(lease.fence));
    }
    Parameters parameters;
    parameters.array(std::move(ids)).array(std::move(fences)).number(lease_.count());
    parameters.number(context().time());
    put(sender, EventStatement::kExtend, parameters);
  }
}

void ExtendCall::take(std::size_t, const Rows& rows) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    held_.insert({static_cast<std::uint64_t>(rows.number(row, 0)),
                  static_cast<std::uint64_t>(rows.number(row, 1))});
  }
}

void ExtendCall::finish() {
  answer_.clear();
  for (const EventLease& lease : leases_) answer_.push_back(held_.contains(lease));
  EventAnswer::finish();
}

void ReadyCall::send(Sender& sender) {
  begin();
  const std::int64_t time = context().time();
  latest_ = look_at_clock(context(), time);
  Parameters parameters;
  parameters.bytes(after_.tenant).bytes(after_.extension).bytes(after_.event);
  parameters.number(std::int64_t{limit_} + 1).number(time);
  put(sender, EventStatement::kReady, parameters);
}

void ReadyCall::take(std::size_t, const Rows& rows) {
  answer_ = {};
  answer_.now = event_time(rows.number(0, 0));
  context().clock().observe(rows.number(0, 0), latest_);
  for (std::size_t row = 0; row < rows.size() && !rows.is_null(row, 1); ++row) {
    if (answer_.queues.size() == limit_) {
      answer_.next = cursor_of(answer_.queues.back().queue);
      break;
    }
    answer_.queues.push_back({queue_of(rows, row, 1), event_time(rows.number(row, 4))});
  }
}

}  // namespace sublet::adapters::postgres

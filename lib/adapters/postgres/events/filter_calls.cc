// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/filter_calls.h"

#include "adapters/postgres/events/delivery_rows.h"

namespace sublet::adapters::postgres {
namespace {

// As SUBLET_FITS in statement_parts.h takes it.
void add_filter(Parameters& parameters, const EventFilter& filter) {
  static const std::string kNone;
  parameters.bytes(filter.tenant);
  parameters.number(filter.extension ? 1 : 0).bytes(filter.extension ? *filter.extension : kNone);
  parameters.number(filter.event ? 1 : 0).bytes(filter.event ? *filter.event : kNone);
  parameters.bytes(filter.event_id).bytes(filter.reason);
  parameters.number(number_of(filter.from)).number(number_of(filter.before));
  parameters.array(numbers_of(filter.ids));
}

EventFilter of_tenant(const std::string& tenant) {
  EventFilter filter;
  filter.tenant = tenant;
  return filter;
}

}  // namespace

void PeekCall::send(Sender& sender) {
  begin();
  put(sender, EventStatement::kPlanAnew, Parameters());
  Parameters parameters;
  add_filter(parameters, request_.filter);
  parameters.number(static_cast<std::int64_t>(request_.after)).number(request_.limit);
  parameters.number(request_.payloads ? 1 : 0);
  put(sender, request_.dead ? EventStatement::kFindDead : EventStatement::kFind, parameters);
}

void PeekCall::take(std::size_t statement, const Rows& rows) {
  if (statement != last()) return;
  answer_.clear();
  for (std::size_t row = 0; row < rows.size(); ++row) answer_.push_back(delivery_of(rows, row));
}

void CountCall::send(Sender& sender) {
  begin();
  answer_ = {};
  put_long_work(sender);
  for (const auto id : {EventStatement::kCount, EventStatement::kCountDead}) {
    Parameters parameters;
    add_filter(parameters, filter_);
    put(sender, id, parameters);
  }
}

void CountCall::take(std::size_t statement, const Rows& rows) {
  if (statement + 1 < last()) return;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto count = static_cast<std::uint64_t>(rows.number(row, 1));
    switch (static_cast<EventDelivery::State>(rows.number(row, 0))) {
      case EventDelivery::State::kWaiting:
        answer_.waiting = count;
        break;
      case EventDelivery::State::kClaimed:
        answer_.claimed = count;
        break;
      case EventDelivery::State::kBlocked:
        answer_.blocked = count;
        break;
      case EventDelivery::State::kDead:
        answer_.dead = count;
        break;
    }
  }
}

void TakeCall::send(Sender& sender) {
  begin();
  answer_ = 0;
  put_long_work(sender);
  put_pick(sender);
}

void TakeCall::put_pick(Sender& sender) {
  picking_ = true;
  Parameters parameters;
  add_filter(parameters, filter_);
  parameters.number(0).number(static_cast<std::int64_t>(left()));
  awaited_ = put(sender, pick(), parameters);
  sender.flush();
}

void TakeCall::step(std::size_t statement, const Rows& rows, Sender& sender) {
  if (statement != awaited_) return;
  if (picking_) {
    picking_ = false;
    Ids ids;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      ids.push_back(static_cast<std::uint64_t>(rows.number(row, 0)));
    }
    picked_ = ids.size();
    if (ids.empty()) return put_end(sender);
    put_lock(sender, {}, locks_dead() ? Ids() : ids, locks_dead() ? ids : Ids());
    put_work(sender, ids);
    return sender.flush();
  }
  // Fewer than could be: there is no more. Some that were picked may be gone meanwhile.
  const bool all = picked_ < left();
  std::uint64_t taken = 0;
  if (!take_some(rows, sender, taken)) return sender.flush();
  answer_ += taken;
  all || left() == 0 ? put_end(sender) : put_pick(sender);
}

void PurgeRowsCall::put_work(Sender& sender, const Ids& ids) {
  Parameters parameters;
  parameters.array(numbers_of(ids));
  put(sender, dead_ ? EventStatement::kRemoveDead : EventStatement::kRemove, parameters);
  sent_work();
}

bool PurgeRowsCall::take_some(const Rows& rows, Sender&, std::uint64_t& taken) {
  read_ended(rows, changed(), [&](std::int64_t) { ++taken; });
  return true;
}

EraseTenantCall::EraseTenantCall(EventContext& context, std::string tenant, std::uint32_t limit)
    : PurgeRowsCall(context, of_tenant(tenant), false, limit), tenant_(std::move(tenant)) {}

void EraseTenantCall::send(Sender& sender) {
  rest_ = SIZE_MAX;
  PurgeRowsCall::send(sender);
}

void EraseTenantCall::put_end(Sender& sender) {
  if (left() > 0) {
    Parameters parameters;
    parameters.bytes(tenant_).number(static_cast<std::int64_t>(left()));
    rest_ = put(sender, EventStatement::kErase, parameters);
  }
  sender.sync();
}

void EraseTenantCall::step(std::size_t statement, const Rows& rows, Sender& sender) {
  if (statement != rest_) return PurgeRowsCall::step(statement, rows, sender);
  answer_ += static_cast<std::uint64_t>(rows.number(0, 0));
}

void ReplayCall::put_work(Sender& sender, const Ids& ids) {
  Parameters parameters;
  parameters.array(numbers_of(ids)).number(context().time());
  put(sender, EventStatement::kReplay, parameters);
  sent_work();
}

bool ReplayCall::take_some(const Rows& rows, Sender&, std::uint64_t& taken) {
  taken = rows.size();
  for (std::size_t row = 0; row < rows.size(); ++row) changed().insert(queue_of(rows, row, 1));
  return true;
}

void BuryCall::put_work(Sender& sender, const Ids& ids) {
  holding_ = true;
  Parameters parameters;
  parameters.array(numbers_of(ids));
  put(sender, EventStatement::kHold, parameters);
  sent_work();
}

bool BuryCall::take_some(const Rows& rows, Sender& sender, std::uint64_t& taken) {
  if (!holding_) {
    read_ended(rows, changed(), [&](std::int64_t) { ++taken; });
    return true;
  }
  holding_ = false;
  Ids ids;
  ByteArray completions(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const EventDelivery delivery = delivery_of(rows, row);
    ids.push_back(delivery.id);
    completions.add(completion_ ? completion_(delivery) : std::string());
  }
  Parameters parameters;
  parameters.array(numbers_of(ids)).array(std::move(completions)).bytes(reason_);
  parameters.number(context().time());
  put(sender, EventStatement::kBury, parameters);
  sent_work();
  return false;
}

}  // namespace sublet::adapters::postgres

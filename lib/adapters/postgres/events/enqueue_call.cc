// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/enqueue_call.h"

#include "adapters/postgres/events/delivery_rows.h"

namespace sublet::adapters::postgres {

void EnqueueCall::send(Sender& sender) {
  begin();
  found_ = {};
  planned_ = false;
  ids_.clear();
  versions_.clear();
  keyed_.clear();
  looked_up_.clear();
  counted_.clear();
  for (const EventEnqueue& unit : units_) {
    if (!unit.idempotency_key.empty()) keyed_.push_back(&unit);
    for (const EventRecordWrite& write : unit.records) {
      looked_up_.push_back(&write);
      if (write.max_in_tenant != UINT64_MAX) counted_.push_back(&write);
    }
  }
  if (const Stripes locked = stripes(); !locked.empty()) put_lock(sender, locked);
  if (keyed_.empty() && looked_up_.empty()) return put_writes(sender);
  put_reads(sender);
  sender.flush();
}

Stripes EnqueueCall::stripes() const {
  Stripes stripes;
  for (const EventEnqueue& unit : units_) {
    for (const NewDelivery& delivery : unit.deliveries) {
      if (!delivery.ordering_key.empty()) stripes.insert(stripe_of_lane(lane_of(delivery)));
    }
  }
  for (const EventEnqueue* unit : keyed_) {
    stripes.insert(stripe_of_key(unit->deliveries.front().queue.tenant, unit->idempotency_key));
  }
  for (const EventRecordWrite* write : looked_up_) stripes.insert(stripe_of_record(*write));
  for (const EventRecordWrite* write : counted_) stripes.insert(stripe_of_kind(*write));
  return stripes;
}

void EnqueueCall::put_reads(Sender& sender) {
  first_read_ = last() + 1;
  ByteArray tenants(keyed_.size()), keys(keyed_.size());
  for (const EventEnqueue* unit : keyed_) {
    tenants.add(unit->deliveries.front().queue.tenant);
    keys.add(unit->idempotency_key);
  }
  Parameters by_key;
  by_key.array(std::move(tenants)).array(std::move(keys)).number(context().time());
  put(sender, EventStatement::kReadKeys, by_key);

  ByteArray kinds(looked_up_.size()), owners(looked_up_.size()), names(looked_up_.size());
  for (const EventRecordWrite* write : looked_up_) {
    kinds.add(write->kind);
    owners.add(write->tenant);
    names.add(write->name);
  }
  Parameters by_name;
  by_name.array(std::move(kinds)).array(std::move(owners)).array(std::move(names));
  by_name.number(context().time());
  put(sender, EventStatement::kReadVersions, by_name);
  put_counts(sender);
}

void EnqueueCall::put_counts(Sender& sender) {
  ByteArray kinds(counted_.size()), tenants(counted_.size());
  for (const EventRecordWrite* write : counted_) {
    kinds.add(write->kind);
    tenants.add(write->tenant);
  }
  Parameters by_kind;
  by_kind.array(std::move(kinds)).array(std::move(tenants)).number(context().time());
  put(sender, EventStatement::kCountRecords, by_kind);
}

void EnqueueCall::step(std::size_t statement, const Rows& rows, Sender& sender) {
  if (!planned_) {
    if (statement < first_read_) return;
    take_read(statement - first_read_, rows);
    if (statement == last()) put_writes(sender);
    return;
  }
  if (statement >= first_insert_ && statement < end_of_inserts_) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      ids_.push_back(static_cast<std::uint64_t>(rows.number(row, 0)));
    }
  } else if (statement == written_ && ids_wanted_ == Ids::kRecords) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      versions_.push_back(static_cast<std::uint64_t>(rows.number(row, 0)));
    }
  }
}

void EnqueueCall::take_read(std::size_t statement, const Rows& rows) {
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto place = static_cast<std::size_t>(rows.number(row, 0) - 1);
    if (statement == 0) {
      const EventEnqueue& unit = *keyed_.at(place);
      found_.keys[{unit.deliveries.front().queue.tenant, unit.idempotency_key}] =
          rows.bytes(row, 1);
      continue;
    }
    const EventRecordWrite& write = *(statement == 1 ? looked_up_ : counted_).at(place);
    const auto number = static_cast<std::uint64_t>(rows.number(row, 1));
    if (statement == 1) {
      found_.records[{write.kind, write.tenant, write.name}] = number;
    } else {
      found_.counts[{write.kind, write.tenant}] = number;
    }
  }
}

void EnqueueCall::put_writes(Sender& sender) {
  planned_ = true;
  plan_ = plan_enqueue(units_, std::move(found_));
  first_insert_ = last() + 1;
  count(send_inserts(sender, plan_.deliveries, context().time()));
  end_of_inserts_ = last() + 1;
  for (const NewDelivery* delivery : plan_.deliveries) changed().insert(delivery->queue);
  if (!plan_.keys.empty()) put_keys(sender);
  written_ = SIZE_MAX;
  if (!plan_.records.empty()) put_records(sender);
  sender.sync();
}

void EnqueueCall::put_keys(Sender& sender) {
  const std::size_t size = plan_.keys.size();
  ByteArray tenants(size), keys(size), event_ids(size);
  NumberArray lasts(size);
  for (const EventEnqueue* unit : plan_.keys) {
    tenants.add(unit->deliveries.front().queue.tenant);
    keys.add(unit->idempotency_key);
    event_ids.add(unit->deliveries.front().event_id);
    lasts.add(unit->idempotency_window.count());
  }
  Parameters parameters;
  parameters.array(std::move(tenants)).array(std::move(keys)).array(std::move(event_ids));
  parameters.array(std::move(lasts)).number(context().time());
  put(sender, EventStatement::kWriteKeys, parameters);
}

void EnqueueCall::put_records(Sender& sender) {
  std::vector<const EventRecordWrite*> written, removed;
  for (const EventRecordWrite* write : plan_.records) {
    (write->data ? written : removed).push_back(write);
  }
  ByteArray kinds(written.size()), tenants(written.size()), names(written.size());
  ByteArray data(written.size());
  NumberArray due_at(written.size()), expires_in(written.size());
  for (const EventRecordWrite* write : written) {
    kinds.add(write->kind);
    tenants.add(write->tenant);
    names.add(write->name);
    data.add(*write->data);
    due_at.add(number_of(write->due_at));
    expires_in.add(write->expires_in.count());
  }
  Parameters writes;
  writes.array(std::move(kinds)).array(std::move(tenants)).array(std::move(names));
  writes.array(std::move(data)).array(std::move(due_at)).array(std::move(expires_in));
  writes.number(context().time());
  written_ = put(sender, EventStatement::kWriteRecords, writes);
  if (removed.empty()) return;
  ByteArray gone_kinds(removed.size()), gone_tenants(removed.size()), gone_names(removed.size());
  for (const EventRecordWrite* write : removed) {
    gone_kinds.add(write->kind);
    gone_tenants.add(write->tenant);
    gone_names.add(write->name);
  }
  Parameters removes;
  removes.array(std::move(gone_kinds)).array(std::move(gone_tenants));
  removes.array(std::move(gone_names));
  put(sender, EventStatement::kRemoveRecords, removes);
}

void EnqueueCall::finish() {
  answer_ = std::move(plan_.answers);
  std::size_t next = 0, next_version = 0;
  for (std::size_t i = 0; i < answer_.size(); ++i) {
    if (answer_[i].status != EventEnqueued::Status::kEnqueued) continue;
    for (std::size_t n = 0; n < units_[i].deliveries.size(); ++n) {
      answer_[i].ids.push_back(ids_.at(next++));
    }
    if (ids_wanted_ == Ids::kDeliveries) continue;
    for (const EventRecordWrite& write : units_[i].records) {
      answer_[i].ids.push_back(write.data ? versions_.at(next_version++) : 0);
    }
  }
  EventAnswer::finish();
}

}  // namespace sublet::adapters::postgres

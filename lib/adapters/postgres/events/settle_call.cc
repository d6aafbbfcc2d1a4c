// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/settle_call.h"

#include <algorithm>
#include <iterator>

#include "adapters/postgres/events/delivery_rows.h"

namespace sublet::adapters::postgres {
namespace {

using Kind = EventSettlement::Kind;

// The parameters that all settlements share.
struct Leases {
  explicit Leases(std::size_t size) : ids(size), fences(size) {}
  void add(const EventLease& lease) {
    ids.add(static_cast<std::int64_t>(lease.id));
    fences.add(static_cast<std::int64_t>(lease.fence));
  }
  void into(Parameters& parameters, std::int64_t time) && {
    parameters.array(std::move(ids)).array(std::move(fences)).number(time);
  }
  NumberArray ids, fences;
};

}  // namespace

// Each lease once, by its first settlement; by their ids, so that all take the rows in one order.
SettleCall::Places SettleCall::sorted() const {
  Places places(settlements_.size());
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
  const auto lease_of = [this](std::size_t place) { return settlements_[place].lease; };
  std::stable_sort(places.begin(), places.end(),
                   [&](std::size_t a, std::size_t b) { return lease_of(a) < lease_of(b); });
  const auto end = std::unique(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    return lease_of(a) == lease_of(b);
  });
  places.erase(end, places.end());
  return places;
}

void SettleCall::send(Sender& sender) {
  begin();
  answer_.assign(settlements_.size(), false);
  groups_.clear();
  const Places all = sorted();
  enqueues_ = std::any_of(settlements_.begin(), settlements_.end(),
                          [](const EventSettlement& s) { return !s.deliveries.empty(); });
  if (!all.empty()) put_locks(sender, all);
  first_ = last() + 1;
  const auto id_of = [this](std::size_t place) { return settlements_[place].lease.id; };
  for (const Places& once : each_id_once(all, id_of)) put_settlements(sender, once);
  enqueues_ && !all.empty() ? sender.flush() : sender.sync();
}

void SettleCall::put_settlements(Sender& sender, const Places& all) {
  const auto of = [&](auto fits) {
    Places some;
    std::copy_if(all.begin(), all.end(), std::back_inserter(some),
                 [&](std::size_t place) { return fits(settlements_[place].kind); });
    return some;
  };
  put_done(sender, of([](Kind kind) { return kind == Kind::kDone; }));
  put_dead(sender, of([](Kind kind) { return kind == Kind::kDead; }));
  put_again(sender, of([](Kind kind) { return kind == Kind::kRetry || kind == Kind::kRelease; }));
}

void SettleCall::put_locks(Sender& sender, const Places& all) {
  Stripes stripes;
  std::vector<std::uint64_t> ids;
  for (const std::size_t place : all) {
    const EventSettlement& settlement = settlements_[place];
    ids.push_back(settlement.lease.id);
    for (const NewDelivery& delivery : settlement.deliveries) {
      if (!delivery.ordering_key.empty()) stripes.insert(stripe_of_lane(lane_of(delivery)));
    }
  }
  put_lock(sender, stripes, ids);
}

void SettleCall::put_done(Sender& sender, Places places) {
  if (places.empty()) return;
  Leases leases(places.size());
  ByteArray completions(places.size());
  for (const std::size_t place : places) {
    leases.add(settlements_[place].lease);
    completions.add(settlements_[place].completion);
  }
  Parameters parameters;
  std::move(leases).into(parameters, context().time());
  parameters.array(std::move(completions));
  put(sender, EventStatement::kSettleDone, parameters);
  groups_.push_back(std::move(places));
}

void SettleCall::put_dead(Sender& sender, Places places) {
  if (places.empty()) return;
  Leases leases(places.size());
  ByteArray completions(places.size()), reasons(places.size()), notes(places.size());
  for (const std::size_t place : places) {
    leases.add(settlements_[place].lease);
    completions.add(settlements_[place].completion);
    reasons.add(settlements_[place].reason);
    notes.add(settlements_[place].note);
  }
  Parameters parameters;
  std::move(leases).into(parameters, context().time());
  parameters.array(std::move(completions)).array(std::move(reasons)).array(std::move(notes));
  put(sender, EventStatement::kSettleDead, parameters);
  groups_.push_back(std::move(places));
}

void SettleCall::put_again(Sender& sender, Places places) {
  if (places.empty()) return;
  Leases leases(places.size());
  NumberArray delays(places.size()), released(places.size());
  ByteArray notes(places.size());
  for (const std::size_t place : places) {
    leases.add(settlements_[place].lease);
    delays.add(settlements_[place].delay.count());
    released.add(settlements_[place].kind == Kind::kRelease ? 1 : 0);
    notes.add(settlements_[place].note);
  }
  Parameters parameters;
  std::move(leases).into(parameters, context().time());
  parameters.array(std::move(delays)).array(std::move(released)).array(std::move(notes));
  put(sender, EventStatement::kSettleAgain, parameters);
  groups_.push_back(std::move(places));
}

void SettleCall::step(std::size_t statement, const Rows& rows, Sender& sender) {
  const std::size_t group = statement - first_;
  if (statement < first_ || group >= groups_.size()) return;
  read_ended(rows, changed(), [&](std::int64_t place) {
    answer_[groups_[group].at(static_cast<std::size_t>(place - 1))] = true;
  });
  if (enqueues_ && group + 1 == groups_.size()) put_deliveries(sender);
}

void SettleCall::put_deliveries(Sender& sender) {
  std::vector<const NewDelivery*> deliveries;
  for (std::size_t i = 0; i < settlements_.size(); ++i) {
    if (!answer_[i]) continue;
    for (const NewDelivery& delivery : settlements_[i].deliveries) {
      deliveries.push_back(&delivery);
      changed().insert(delivery.queue);
    }
  }
  count(send_inserts(sender, deliveries, context().time()));
  sender.sync();
}

}  // namespace sublet::adapters::postgres

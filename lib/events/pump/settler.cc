// SPDX-License-Identifier: Apache-2.0
#include "events/pump/settler.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "policy/resilience/backoff.h"

namespace sublet::events {
namespace {

using namespace std::chrono_literals;

constexpr base::Nanoseconds kFirstBackoff = 50ms;
constexpr base::Nanoseconds kLastBackoff = 2s;

}  // namespace

void PumpSettler::add(PumpSettlement settlement) {
  // A lease that is over is still ours until somebody claims: the fence tells.
  const base::TimePoint until = leases_.end_of(settlement.settlement.lease) + EventQueue::kMaxLease;
  waiting_.push_back({std::move(settlement), until, false});
}

void PumpSettler::flush(base::TimePoint now) {
  if (sent_.empty() && now >= retry_at_ && !waiting_.empty()) send(now);
}

void PumpSettler::send(base::TimePoint now) {
  const std::size_t most = one_by_one_ > 0 ? 1 : EventQueue::kMaxClaim;
  if (one_by_one_ > 0) --one_by_one_;
  std::vector<EventSettlement> settlements;
  while (!waiting_.empty() && sent_.size() < most) {
    Entry entry = std::move(waiting_.front());
    waiting_.pop_front();
    const EventLease& lease = entry.settlement.settlement.lease;
    if (!leases_.holds(lease) || entry.give_up_at < now) {
      end(entry, End::kUnknown);
      continue;
    }
    leases_.set_settling(lease, true);
    settlements.push_back(entry.settlement.settlement);
    sent_.push_back(std::move(entry));
  }
  if (sent_.empty()) return;
  context_.queue().settle(
      std::move(settlements),
      context_.answer<Result<std::vector<bool>>>(
          [this](const Result<std::vector<bool>>& answer) { answered(answer); }));
}

void PumpSettler::answered(const Result<std::vector<bool>>& answer) {
  if (!answer) return failed(answer.error());
  failures_ = 0;
  const std::vector<Entry> sent = std::exchange(sent_, {});
  if (answer->size() != sent.size()) {
    context_.fault("settle", "the queue answered for another number of settlements");
  }
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const bool settled = i < answer->size() && (*answer)[i];
    end(sent[i], settled ? End::kSettled : sent[i].maybe_done ? End::kUnknown : End::kLost);
  }
}

void PumpSettler::failed(const Error& error) {
  std::vector<Entry> sent = std::exchange(sent_, {});
  for (Entry& entry : sent) {
    leases_.set_settling(entry.settlement.settlement.lease, false);
    entry.maybe_done |= error.code == ErrorCode::kIndeterminate;
  }
  if (error.code == ErrorCode::kInvalidArgument) {
    context_.fault("settle", error.message);
    // Alone it stays claimed until its lease ends, which counts as an attempt: it is a dead letter
    // in the end.
    if (sent.size() == 1) return end(sent.front(), End::kUnknown);
    one_by_one_ = sent.size();
  } else {
    ++failures_;
    retry_at_ = context_.now() + kFirstBackoff / 2 +
                policy::backoff(kFirstBackoff, kLastBackoff, failures_, context_.random());
  }
  waiting_.insert(waiting_.begin(), std::make_move_iterator(sent.begin()),
                  std::make_move_iterator(sent.end()));
}

void PumpSettler::end(const Entry& entry, End end) {
  leases_.remove(entry.settlement.settlement.lease);
  told_(entry.settlement, end);
}

base::TimePoint PumpSettler::next_at() const {
  return waiting_.empty() || !sent_.empty() ? base::TimePoint::max() : retry_at_;
}

}  // namespace sublet::events

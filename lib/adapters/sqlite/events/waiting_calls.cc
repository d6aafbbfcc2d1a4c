// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/events/waiting_calls.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "adapters/sqlite/events/side.h"

namespace sublet::adapters::sqlite::events {
namespace {

constexpr std::chrono::milliseconds kLongestGather{1};

template <typename To, typename From>
void append(To& to, From& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  from.clear();
}

}  // namespace

bool WaitingCalls::Room::take(const WriteCall& call) {
  const std::size_t rows = Side::rows(call);
  const std::uint64_t cost = Side::cost(call);
  const bool fits = rows <= left.rows && cost <= left.cost;
  if (!fits && !is_first) return false;
  left.rows -= std::min(left.rows, rows);
  left.cost -= std::min(left.cost, cost);
  is_first = false;
  return true;
}

std::optional<Error> WaitingCalls::refusal() const {
  if (closed_) return Error{ErrorCode::kUnavailable, "the queue is being closed"};
  if (writes_ + reads_.size() < capacity_) return std::nullopt;
  return Error{ErrorCode::kResourceExhausted,
               "max_queue: " + std::to_string(capacity_) + " calls are waiting"};
}

void WaitingCalls::put(WriteCall call) {
  switch (Side::urgency(call)) {
    case Urgency::kClaim:
      claims_.push_back(std::move(call));
      break;
    case Urgency::kSettlement:
      settlements_.push_back(std::move(call));
      break;
    case Urgency::kOther: {
      const std::string& tenant = Side::tenant(call);
      const auto [place, is_new] = others_.try_emplace(tenant);
      if (is_new) turns_.push_back(tenant);
      place->second.push_back(std::move(call));
      break;
    }
  }
  ++writes_;
}

std::optional<Error> WaitingCalls::push(WriteCall& call) {
  bool enough = false;
  {
    const base::MutexLock lock(mutex_);
    if (std::optional<Error> refused = refusal()) return refused;
    put(std::move(call));
    enough = is_enough();
  }
  if (enough) writes_there_.notify_one();
  return std::nullopt;
}

std::optional<Error> WaitingCalls::push(ReadCall& call) {
  {
    const base::MutexLock lock(mutex_);
    if (std::optional<Error> refused = refusal()) return refused;
    reads_.push_back(std::move(call));
  }
  reads_there_.notify_one();
  return std::nullopt;
}

std::optional<ReadCall> WaitingCalls::take() {
  const base::MutexLock lock(mutex_);
  while (reads_.empty() && !closed_) reads_there_.wait(mutex_);
  if (reads_.empty()) return std::nullopt;
  ReadCall call = std::move(reads_.front());
  reads_.pop_front();
  return call;
}

// Only calls that are done part by part are ever put back: one of a tenant at most. It is its
// tenant's next, but the others' turn comes first.
void WaitingCalls::put_back(std::vector<WriteCall>& group) {
  for (WriteCall& call : group) {
    const std::string& tenant = Side::tenant(call);
    const auto [place, is_new] = others_.try_emplace(tenant);
    if (is_new) turns_.push_back(tenant);
    place->second.push_front(std::move(call));
    ++writes_;
  }
  group.clear();
}

void WaitingCalls::move_some(std::deque<WriteCall>& from, Room& room,
                             std::vector<WriteCall>& group) {
  while (!from.empty() && room.take(from.front())) {
    group.push_back(std::move(from.front()));
    from.pop_front();
  }
}

void WaitingCalls::move_by_turns(Room& room, std::vector<WriteCall>& group) {
  std::map<std::string, std::size_t> rows;
  // Tenants that have had their share of this group, or whose call is not done with it: what they
  // called after it has to wait.
  std::list<std::string> paused;
  while (!turns_.empty()) {
    const auto place = others_.find(turns_.front());
    WriteCall& call = place->second.front();
    if (!room.take(call)) break;
    std::size_t& taken = rows[place->first];
    taken += Side::rows(call);
    const bool pauses = Side::has_parts(call) || taken >= kRowsOfTenant;
    group.push_back(std::move(call));
    place->second.pop_front();
    if (place->second.empty()) {
      others_.erase(place);
      turns_.pop_front();
    } else if (pauses) {
      paused.splice(paused.end(), turns_, turns_.begin());
    } else {
      turns_.splice(turns_.end(), turns_, turns_.begin());
    }
  }
  turns_.splice(turns_.end(), paused);
}

void WaitingCalls::wait_for_company() {
  const base::TimePoint now = std::chrono::steady_clock::now();
  const auto patience = std::min<base::Nanoseconds>((now - last_taken_) / 4, kLongestGather);
  enough_ = last_calls_;
  while (!is_enough() && !closed_) {
    if (!writes_there_.wait_until(mutex_, now + patience)) break;
  }
  enough_ = 1;
}

bool WaitingCalls::take(std::vector<WriteCall>& group, const GroupBounds& bounds,
                        base::TimePoint until) {
  const base::MutexLock lock(mutex_);
  if (closed_) return false;
  put_back(group);
  if (last_calls_ > 1) wait_for_company();
  while (writes_ == 0 && !closed_) {
    if (!writes_there_.wait_until(mutex_, until)) break;
  }
  Room room{bounds};
  const bool only_claims = writes_ == claims_.size();
  claims_were_last_ = !claims_.empty() && (only_claims || !claims_were_last_);
  if (claims_were_last_) {
    move_some(claims_, room, group);
  } else {
    move_some(settlements_, room, group);
    move_by_turns(room, group);
  }
  writes_ -= group.size();
  last_calls_ = claims_were_last_ ? 0 : group.size();
  last_taken_ = std::chrono::steady_clock::now();
  return !closed_;
}

WaitingCalls::Rest WaitingCalls::close() noexcept {
  Rest rest;
  {
    const base::MutexLock lock(mutex_);
    closed_ = true;
    append(rest.writes, claims_);
    append(rest.writes, settlements_);
    for (auto& [tenant, calls] : others_) append(rest.writes, calls);
    others_.clear();
    turns_.clear();
    writes_ = 0;
    std::swap(rest.reads, reads_);
  }
  writes_there_.notify_all();
  reads_there_.notify_all();
  return rest;
}

}  // namespace sublet::adapters::sqlite::events

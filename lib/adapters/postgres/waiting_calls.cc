// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/waiting_calls.h"

#include <algorithm>
#include <exception>

namespace sublet::adapters::postgres {

void WaitingCalls::add(std::unique_ptr<Call> call) { add(std::move(call), false); }

void WaitingCalls::add_in_front(std::unique_ptr<Call> call) { add(std::move(call), true); }

// Where there is no memory left the call goes, and says so; all others stay as they are.
void WaitingCalls::add(std::unique_ptr<Call> call, bool in_front) {
  const std::uint64_t since = call->waits_since;
  std::list<Turn> turn(1);
  if (call->commits()) {
    std::unique_ptr<CommitCall> commit(static_cast<CommitCall*>(call.release()));
    auto& lane = *lanes_.try_emplace(commit->request().tenant).first;
    auto& calls = lane.second.calls;
    const bool has_turn = lane.second.under_way() || !calls.empty();
    in_front ? calls.push_front(std::move(commit)) : calls.push_back(std::move(commit));
    turn.front().lane = &lane;
    if (has_turn) turn.clear();
  } else {
    turn.front().call.reset(static_cast<SingleCall*>(call.release()));
  }
  turns_.splice(in_front ? turns_.begin() : turns_.end(), turn);
  ++size_;
  oldest_ = std::min(oldest_, since);
}

bool WaitingCalls::first_is_alone() const noexcept {
  return turns_.front().call && turns_.front().call->alone();
}

std::unique_ptr<Transaction> WaitingCalls::take() {
  Lanes::value_type* const lane = turns_.front().lane;
  if (lane != nullptr) {
    std::vector<std::unique_ptr<CommitCall>> together;
    together.reserve(std::min(lane->second.calls.size(), kMostJoined));
    lane->second.turn.splice(lane->second.turn.begin(), turns_, turns_.begin());
    return take_commits(*lane, std::move(together));
  }
  Turn turn = std::move(turns_.front());
  turns_.pop_front();
  --size_;
  return std::make_unique<SingleTransaction>(std::move(turn.call));
}

// As many as go together: not those that have to be apart, and either all with a plan or none.
std::unique_ptr<Transaction> WaitingCalls::take_commits(
    Lanes::value_type& lane, std::vector<std::unique_ptr<CommitCall>> together) {
  auto& waiting = lane.second.calls;
  std::size_t bytes = 0;
  do {
    bytes += waiting.front()->bytes();
    together.push_back(std::move(waiting.front()));
    waiting.pop_front();
  } while (!waiting.empty() && together.size() < kMostJoined && !together.back()->apart &&
           !waiting.front()->apart && waiting.front()->direct() == together.back()->direct() &&
           bytes + waiting.front()->bytes() <= kMostJoinedBytes);
  size_ -= together.size();
  try {
    return commit_transaction(std::move(together));
  } catch (const std::exception&) {
    release(lane.first);
    throw;
  }
}

void WaitingCalls::release(const std::string& tenant) noexcept {
  const auto lane = lanes_.find(tenant);
  if (lane == lanes_.end()) return;
  if (!lane->second.calls.empty()) {
    turns_.splice(turns_.end(), lane->second.turn);
  } else {
    lanes_.erase(lane);
  }
}

std::vector<std::unique_ptr<Call>> WaitingCalls::take_since(std::uint64_t time) {
  std::vector<std::unique_ptr<Call>> taken;
  taken.reserve(size_);
  oldest_ = UINT64_MAX;
  const auto takes = [&](auto& call) {
    if (call->waits_since <= time) {
      taken.push_back(std::move(call));
      return true;
    }
    oldest_ = std::min(oldest_, call->waits_since);
    return false;
  };
  for (auto& [tenant, lane] : lanes_) {
    std::size_t left = 0;
    for (auto& call : lane.calls) {
      if (!takes(call)) std::swap(lane.calls[left++], call);
    }
    lane.calls.resize(left);
  }
  turns_.remove_if([&](Turn& turn) {
    if (turn.lane == nullptr) return takes(turn.call);
    if (!turn.lane->second.calls.empty()) return false;
    lanes_.erase(lanes_.find(turn.lane->first));
    return true;
  });
  size_ -= taken.size();
  return taken;
}

}  // namespace sublet::adapters::postgres

// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/waiting_calls.h"

#include <algorithm>

namespace sublet::adapters::postgres {

void WaitingCalls::add(std::unique_ptr<Call> call) { add(std::move(call), false); }

void WaitingCalls::add_in_front(std::vector<std::unique_ptr<Call>> calls) {
  for (auto call = calls.rbegin(); call != calls.rend(); ++call) add(std::move(*call), true);
}

void WaitingCalls::add(std::unique_ptr<Call> call, bool in_front) {
  Turn turn;
  ++size_;
  oldest_ = std::min(oldest_, call->waits_since);
  if (call->commits()) {
    std::unique_ptr<CommitCall> commit(static_cast<CommitCall*>(call.release()));
    auto& lane = *lanes_.try_emplace(commit->request().tenant).first;
    auto& calls = lane.second.calls;
    const bool has_turn = lane.second.under_way || !calls.empty();
    in_front ? calls.push_front(std::move(commit)) : calls.push_back(std::move(commit));
    if (has_turn) return;
    turn.lane = &lane;
  } else {
    turn.call.reset(static_cast<SingleCall*>(call.release()));
  }
  in_front ? turns_.push_front(std::move(turn)) : turns_.push_back(std::move(turn));
}

bool WaitingCalls::first_is_alone() const noexcept {
  return turns_.front().call && turns_.front().call->alone();
}

std::unique_ptr<Transaction> WaitingCalls::take() {
  Turn turn = std::move(turns_.front());
  turns_.pop_front();
  if (turn.lane != nullptr) return take_commits(*turn.lane);
  --size_;
  return std::make_unique<SingleTransaction>(std::move(turn.call));
}

// As many as go together: not those that have to be apart, and either all with a plan or none.
std::unique_ptr<Transaction> WaitingCalls::take_commits(Lanes::value_type& lane) {
  auto& waiting = lane.second.calls;
  lane.second.under_way = true;
  std::vector<std::unique_ptr<CommitCall>> together;
  std::size_t bytes = 0;
  do {
    bytes += waiting.front()->bytes();
    together.push_back(std::move(waiting.front()));
    waiting.pop_front();
  } while (!waiting.empty() && together.size() < kMostJoined && !together.back()->apart &&
           !waiting.front()->apart && waiting.front()->direct() == together.back()->direct() &&
           bytes + waiting.front()->bytes() <= kMostJoinedBytes);
  size_ -= together.size();
  return commit_transaction(options_, std::move(together));
}

void WaitingCalls::release(const std::string& tenant) {
  const auto lane = lanes_.find(tenant);
  if (lane == lanes_.end()) return;
  lane->second.under_way = false;
  if (lane->second.calls.empty()) {
    lanes_.erase(lane);
    return;
  }
  Turn turn;
  turn.lane = &*lane;
  turns_.push_back(std::move(turn));
}

std::vector<std::unique_ptr<Call>> WaitingCalls::take_since(std::uint64_t time) {
  std::vector<std::unique_ptr<Call>> taken;
  for (auto turn = turns_.begin(); turn != turns_.end();) {
    if (turn->lane != nullptr) {
      std::deque<std::unique_ptr<CommitCall>> left;
      for (auto& call : turn->lane->second.calls) {
        call->waits_since <= time ? taken.push_back(std::move(call))
                                  : left.push_back(std::move(call));
      }
      turn->lane->second.calls = std::move(left);
      if (turn->lane->second.calls.empty()) {
        lanes_.erase(turn->lane->first);
        turn = turns_.erase(turn);
        continue;
      }
    } else if (turn->call->waits_since <= time) {
      taken.push_back(std::move(turn->call));
      turn = turns_.erase(turn);
      continue;
    }
    ++turn;
  }
  size_ -= taken.size();
  oldest_ = time == UINT64_MAX ? time : time + 1;
  return taken;
}

}  // namespace sublet::adapters::postgres

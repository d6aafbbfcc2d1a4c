// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "adapters/postgres/commit_call.h"
#include "adapters/postgres/single_call.h"
#include "adapters/postgres/transaction.h"

namespace sublet::adapters::postgres {

// Calls that wait for a connection, first come first served. The commits of a tenant take turns:
// they would wait for each other on the server, and hold up everybody behind them on their
// connections. Those that wait meanwhile go together.
//
// Thread safety: none; on the loop's thread.
class WaitingCalls {
 public:
  void add(std::unique_ptr<Call> call);
  // In front of all others.
  void add_in_front(std::unique_ptr<Call> call);

  // Whether something can be sent now.
  bool empty() const noexcept { return turns_.empty(); }
  // ... and wants an idle connection.
  bool first_is_alone() const noexcept;
  // The first one's transaction. Not when empty.
  std::unique_ptr<Transaction> take();
  // A transaction of this tenant's commits ended.
  void release(const std::string& tenant) noexcept;

  // Those that wait since that time or longer.
  std::vector<std::unique_ptr<Call>> take_since(std::uint64_t time);
  // None waits longer than since then; UINT64_MAX: none waits.
  std::uint64_t oldest() const noexcept { return turns_.empty() ? UINT64_MAX : oldest_; }
  // All calls that were added and not taken.
  std::size_t size() const noexcept { return size_; }

 private:
  struct Lane;
  using Lanes = std::unordered_map<std::string, Lane>;
  // One call, or the turn of a tenant.
  struct Turn {
    std::unique_ptr<SingleCall> call;
    Lanes::value_type* lane = nullptr;
  };
  struct Lane {
    std::deque<std::unique_ptr<CommitCall>> calls;
    // Where one of its transactions is under way: the turn that the lane gets back. It is kept, so
    // that this takes no memory.
    std::list<Turn> turn;
    bool under_way() const noexcept { return !turn.empty(); }
  };

  void add(std::unique_ptr<Call> call, bool in_front);
  std::unique_ptr<Transaction> take_commits(Lanes::value_type& lane,
                                            std::vector<std::unique_ptr<CommitCall>> together);

  std::list<Turn> turns_;
  Lanes lanes_;  // those with commits that wait or are under way
  std::size_t size_ = 0;
  std::uint64_t oldest_ = UINT64_MAX;
};

}  // namespace sublet::adapters::postgres

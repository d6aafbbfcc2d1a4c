// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "sublet/limits.h"

namespace sublet::runtime {

// Keeps the memory of all isolates below one budget: knows what each one holds, and says which idle
// ones have to go, least recently used first. Disposes nothing itself. Thread-safe.
class MemoryGovernor {
 public:
  using IsolateId = std::uint64_t;

  explicit MemoryGovernor(Bytes budget) : budget_(budget.count) {}

  // An isolate was made. It is in use until idle().
  void added(IsolateId id, Bytes committed) SUBLET_EXCLUDES(mutex_);
  // It holds this much now.
  void measured(IsolateId id, Bytes committed) SUBLET_EXCLUDES(mutex_);
  // From now on it must not be evicted. False where it was claimed for eviction, or is not known.
  bool in_use(IsolateId id) SUBLET_EXCLUDES(mutex_);
  // It ended its last turn, holds this much, and may be evicted from now on.
  void idle(IsolateId id, Bytes committed) SUBLET_EXCLUDES(mutex_);
  // It is gone, or was abandoned (what it holds is then the caller's to count).
  void removed(IsolateId id) SUBLET_EXCLUDES(mutex_);

  // The idle isolates that have to go so that `incoming` more would fit, least recently used first;
  // empty where all fits. They are claimed: the caller disposes each one and calls removed().
  std::vector<IsolateId> claim_evictions(Bytes incoming = {}) SUBLET_EXCLUDES(mutex_);

  // Cheap; for asking after every turn whether claim_evictions() has anything to do.
  bool over_budget(Bytes incoming = {}) const noexcept {
    return committed_.load(std::memory_order_relaxed) + incoming.count > budget_;
  }
  Bytes budget() const noexcept { return Bytes{budget_}; }
  Bytes committed() const noexcept { return Bytes{committed_.load(std::memory_order_relaxed)}; }

 private:
  enum class Use : std::uint8_t { kInUse, kIdle, kClaimed };
  struct Entry {
    std::uint64_t committed = 0;
    Use use = Use::kInUse;
    std::list<IsolateId>::iterator place;  // in idle_, where kIdle
  };

  void set_committed(Entry& entry, std::uint64_t committed) SUBLET_REQUIRES(mutex_);

  const std::uint64_t budget_;
  std::atomic<std::uint64_t> committed_{0};  // written under the mutex
  base::Mutex mutex_;
  std::uint64_t claimed_ SUBLET_GUARDED_BY(mutex_) = 0;  // part of committed_
  std::unordered_map<IsolateId, Entry> entries_ SUBLET_GUARDED_BY(mutex_);
  std::list<IsolateId> idle_ SUBLET_GUARDED_BY(mutex_);  // least recently used first
};

}  // namespace sublet::runtime

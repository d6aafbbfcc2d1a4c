// SPDX-License-Identifier: Apache-2.0
#include "runtime/memory_governor.h"

#include "base/check.h"

namespace sublet::runtime {

void MemoryGovernor::added(IsolateId id, Bytes committed) {
  base::MutexLock lock(mutex_);
  const auto [place, is_new] = entries_.try_emplace(id);
  if (SUBLET_CHECK(is_new)) set_committed(place->second, committed.count);
}

void MemoryGovernor::measured(IsolateId id, Bytes committed) {
  base::MutexLock lock(mutex_);
  const auto place = entries_.find(id);
  if (place != entries_.end()) set_committed(place->second, committed.count);
}

bool MemoryGovernor::in_use(IsolateId id) {
  base::MutexLock lock(mutex_);
  const auto place = entries_.find(id);
  if (place == entries_.end()) return false;
  Entry& entry = place->second;
  if (entry.use == Use::kClaimed) return false;
  if (entry.use == Use::kIdle) idle_.erase(entry.place);
  entry.use = Use::kInUse;
  return true;
}

void MemoryGovernor::idle(IsolateId id, Bytes committed) {
  base::MutexLock lock(mutex_);
  const auto place = entries_.find(id);
  if (place == entries_.end()) return;
  Entry& entry = place->second;
  set_committed(entry, committed.count);
  if (entry.use == Use::kClaimed) return;
  if (entry.use == Use::kIdle) {
    idle_.splice(idle_.end(), idle_, entry.place);
    return;
  }
  entry.use = Use::kIdle;
  entry.place = idle_.insert(idle_.end(), id);
}

void MemoryGovernor::removed(IsolateId id) {
  base::MutexLock lock(mutex_);
  const auto place = entries_.find(id);
  if (place == entries_.end()) return;
  set_committed(place->second, 0);
  if (place->second.use == Use::kIdle) idle_.erase(place->second.place);
  entries_.erase(place);
}

std::vector<MemoryGovernor::IsolateId> MemoryGovernor::claim_evictions(Bytes incoming) {
  std::vector<IsolateId> evicted;
  base::MutexLock lock(mutex_);
  const std::uint64_t wanted = committed_.load(std::memory_order_relaxed) + incoming.count;
  if (wanted <= budget_) return evicted;
  const std::uint64_t excess = wanted - budget_;
  // What was claimed before is on its way out already.
  std::uint64_t leaving = claimed_;
  while (leaving < excess && !idle_.empty()) {
    const IsolateId id = idle_.front();
    Entry& entry = entries_.find(id)->second;
    idle_.pop_front();
    entry.use = Use::kClaimed;
    claimed_ += entry.committed;
    leaving += entry.committed;
    evicted.push_back(id);
  }
  return evicted;
}

void MemoryGovernor::set_committed(Entry& entry, std::uint64_t committed) {
  // Unsigned arithmetic wraps, so a smaller reading takes off.
  committed_.fetch_add(committed - entry.committed, std::memory_order_relaxed);
  if (entry.use == Use::kClaimed) claimed_ += committed - entry.committed;
  entry.committed = committed;
}

}  // namespace sublet::runtime

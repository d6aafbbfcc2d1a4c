// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_page_ledger.h"

#include <sys/mman.h>

#include <algorithm>
#include <iterator>
#include <new>

namespace sublet::engine {

PageLedger::Ranges::iterator PageLedger::first_after(std::uintptr_t start) {
  auto next = ranges_.upper_bound(start);
  if (next == ranges_.begin()) return next;
  const auto before = std::prev(next);
  return before->second.end > start ? before : next;
}

std::size_t PageLedger::missing(std::uintptr_t start, std::uintptr_t end) {
  std::size_t bytes = end - start;
  for (auto it = first_after(start); it != ranges_.end() && it->first < end; ++it) {
    bytes -= std::min(it->second.end, end) - std::max(it->first, start);
  }
  return bytes;
}

bool PageLedger::commit(std::uintptr_t start, std::size_t length, PageAccount* owner) {
  const std::uintptr_t end = start + length;
  base::MutexLock lock(mutex_);
  const std::size_t wanted = missing(start, end);
  if (wanted == 0) return true;
  if (owner != nullptr && !owner->try_take(wanted)) return false;
  auto it = first_after(start);
  for (std::uintptr_t at = start; at < end;) {
    // What lies between the ranges that are accessible already.
    const std::uintptr_t until = it == ranges_.end() ? end : std::min(it->first, end);
    if (at < until) {
      try {
        ranges_.emplace_hint(it, at, Range{until, owner});
      } catch (const std::bad_alloc&) {
        if (owner != nullptr) owner->give_back(missing(start, end));
        return false;  // V8 sees a refusal and must not see an exception
      }
    }
    if (it == ranges_.end() || it->first >= end) break;
    at = it->second.end;
    ++it;
  }
  return true;
}

void PageLedger::release(std::uintptr_t start, std::size_t length) {
  const std::uintptr_t end = start + length;
  base::MutexLock lock(mutex_);
  for (auto it = first_after(start); it != ranges_.end() && it->first < end;) {
    const std::uintptr_t from = it->first;
    const Range range = it->second;
    const std::uintptr_t freed_from = std::max(from, start);
    const std::uintptr_t freed_to = std::min(range.end, end);
    if (range.owner != nullptr) range.owner->give_back(freed_to - freed_from);
    auto next = std::next(it);
    if (from < freed_from) {
      it->second.end = freed_from;
    } else {
      ranges_.erase(it);
    }
    if (freed_to < range.end) {
      try {
        ranges_.emplace_hint(next, freed_to, Range{range.end, range.owner});
      } catch (const std::bad_alloc&) {
        // Not known as accessible any more, and so never charged again.
        if (range.owner != nullptr) range.owner->give_back(range.end - freed_to);
      }
    }
    it = next;
  }
}

void PageLedger::forget(const PageAccount& owner) {
  base::MutexLock lock(mutex_);
  for (auto& [start, range] : ranges_) {
    if (range.owner == &owner) range.owner = nullptr;
  }
}

void PageLedger::discard(PageAccount& owner) {
  base::MutexLock lock(mutex_);
  for (auto& [start, range] : ranges_) {
    if (range.owner != &owner) continue;
    range.owner = nullptr;
    owner.give_back(range.end - start);
    ::madvise(reinterpret_cast<void*>(start), range.end - start, MADV_DONTNEED);
  }
}

}  // namespace sublet::engine

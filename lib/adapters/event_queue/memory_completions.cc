// SPDX-License-Identifier: Apache-2.0
#include "adapters/event_queue/memory_completions.h"

#include <charconv>
#include <utility>

namespace sublet::adapters {

void MemoryCompletions::add(std::string tenant, std::string content, EventTime now) {
  ++last_;
  by_number_.emplace(
      last_, EventCompletion{std::to_string(last_), std::move(tenant), std::move(content), now});
}

Result<EventCompletionPage> MemoryCompletions::page(const std::string& after,
                                                    std::uint32_t limit) const {
  std::uint64_t number = 0;
  const char* const end = after.data() + after.size();
  const auto [stop, error] = std::from_chars(after.data(), end, number);
  if (!after.empty() && (error != std::errc() || stop != end)) {
    return Error{ErrorCode::kInvalidArgument, "after is no cursor that a page named"};
  }
  EventCompletionPage page;
  page.cursor = after;
  for (auto at = by_number_.upper_bound(number);
       at != by_number_.end() && page.completions.size() < limit; ++at) {
    page.completions.push_back(at->second);
    page.cursor = at->second.cursor;
  }
  return page;
}

std::uint64_t MemoryCompletions::forget(EventTime before, std::uint32_t limit) {
  return remove(limit, [&](const EventCompletion& completion) { return completion.at < before; });
}

std::uint64_t MemoryCompletions::erase(const std::string& tenant, std::uint64_t limit) {
  return remove(limit,
                [&](const EventCompletion& completion) { return completion.tenant == tenant; });
}

template <typename Which>
std::uint64_t MemoryCompletions::remove(std::uint64_t limit, Which&& which) {
  std::uint64_t count = 0;
  for (auto at = by_number_.begin(); at != by_number_.end() && count < limit;) {
    if (which(at->second)) {
      at = by_number_.erase(at);
      ++count;
    } else {
      ++at;
    }
  }
  return count;
}

}  // namespace sublet::adapters

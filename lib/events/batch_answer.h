// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sublet::events {

// What a batch handler's answer says of one item.
struct BatchItemAnswer {
  bool failed = false;
  std::optional<std::chrono::milliseconds> retry_after;
};

struct BatchAnswer {
  std::vector<BatchItemAnswer> items;  // one for each of the batch
  // Not empty: the answer is none; all items failed.
  std::string fault;
};

// Reads {"failed": ["<event id>" | {"id": "...", "retryAfter": seconds}]}. An answer without
// "failed" fails none; one that names what is not in the batch, or cannot be understood, fails all,
// since nobody can say which ones were meant.
BatchAnswer read_batch_answer(std::string_view json, const std::vector<std::string>& event_ids);

}  // namespace sublet::events

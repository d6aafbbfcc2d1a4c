// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sublet/adapters/key_value_store.h"

namespace sublet {

// Commits without a pause, many at once, that remember what they were told: puts of new keys, and
// increments of counters. Each chain has one commit under way, and the next when that is answered.
//
// Thread safety: thread-safe, but for check(), which comes after stop().
class Storm {
 public:
  Storm(std::shared_ptr<KeyValueStore> store, int chains);
  ~Storm();
  Storm(const Storm&) = delete;
  Storm& operator=(const Storm&) = delete;

  // Waits until so many more commits were acknowledged. False: that took a minute.
  bool wait_for(std::uint64_t more) const;
  // Waits for the answers that are under way. False: one did not come within a minute.
  bool stop();

  struct Finding {
    std::uint64_t acknowledged = 0;
    std::uint64_t not_done = 0;    // of which the store said so
    std::uint64_t unknown = 0;     // kIndeterminate
    std::uint64_t lost = 0;        // acknowledged, and not there
    std::uint64_t ghosts = 0;      // not done, and there
    std::uint64_t unexpected = 0;  // answers of another kind
    std::string message;           // of one of these
  };
  // Reads everything from a store over the same data.
  Finding check(KeyValueStore& store) const;

 private:
  struct Chain;

  void next(Chain& chain);
  void answered(Chain& chain, const Result<KeyValueCommitted>& answer);

  const std::shared_ptr<KeyValueStore> store_;
  std::vector<std::unique_ptr<Chain>> chains_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> acknowledged_{0};
  std::atomic<int> under_way_{0};
};

}  // namespace sublet

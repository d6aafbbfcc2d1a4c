// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sublet/sublet.h"

namespace sublet::hostile {

// What the good tenant saw in a stretch of time.
struct GoodFigures {
  std::uint64_t calls = 0;
  std::uint64_t wrong = 0;
  double p50_ms = 0;
  double p99_ms = 0;
  double max_ms = 0;
  std::string first_wrong;
};

// A tenant that calls a small handler all the while, from a thread of its own, about once in a
// millisecond, and checks every answer.
//
// Ownership: owns its thread; borrows the host, which must outlive it.
// Thread safety: single-owner.
// Blocking: wait_for_calls() as told; the destructor waits for the call under way.
// Errors: what is wrong with an answer is counted; throws std::runtime_error where it cannot be set
//   up.
class GoodTenant {
 public:
  GoodTenant(ExtensionHost& host, std::string tenant, Isolation isolation);
  ~GoodTenant();
  GoodTenant(const GoodTenant&) = delete;
  GoodTenant& operator=(const GoodTenant&) = delete;

  // Forgets what was seen before.
  void begin();
  // Until so many calls were made since begin(), or the time is over.
  void wait_for_calls(std::uint64_t calls, std::chrono::milliseconds at_most);
  GoodFigures seen() const;

 private:
  void run();
  // Empty where the answer is right.
  std::string call(std::uint64_t number);

  ExtensionHost& host_;
  const std::string tenant_;
  std::atomic<bool> stop_{false};
  mutable std::mutex mutex_;
  std::vector<double> latencies_;
  std::uint64_t wrong_ = 0;
  std::string first_wrong_;
  std::thread thread_;
};

}  // namespace sublet::hostile

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "policy/resilience/sliding_window.h"
#include "sublet/result.h"

namespace sublet::policy {

struct RetryBudgetOptions {
  // How far back requests and retries are counted. 100 ms to 1 h.
  std::chrono::milliseconds window{10'000};
  // Retries for each hundred requests. 0 to 50: half as many again is the most that may be added.
  std::uint32_t percent = 20;
  // Retries in a window that are always allowed, so that a lone request may be retried. 0 to 1000.
  std::uint32_t floor = 3;
};

Result<void> validate(const RetryBudgetOptions& options, std::string_view prefix);

// Keeps retries at a share of the requests, whatever each request's own rule allows: a service that
// fails every call does not get twice the load for it (the retry budget of Twitter's Finagle).
//
// Thread safety: none; the caller's lock.
class RetryBudget {
 public:
  // A request's first attempt.
  void request(const RetryBudgetOptions& options, base::TimePoint now) noexcept;
  // Counts a retry, or says that there may be none now.
  bool take(const RetryBudgetOptions& options, base::TimePoint now) noexcept;
  // Nothing is counted: throwing it away forgets nothing.
  bool idle(const RetryBudgetOptions& options, base::TimePoint now) noexcept;

 private:
  struct Counts {
    std::uint32_t requests = 0;
    std::uint32_t retries = 0;

    Counts& operator+=(const Counts& other) noexcept {
      requests += other.requests;
      retries += other.retries;
      return *this;
    }
  };

  SlidingWindow<Counts> window_;
};

}  // namespace sublet::policy

// SPDX-License-Identifier: Apache-2.0
#include "policy/resilience/retry_budget.h"

#include "policy/field_checker.h"

namespace sublet::policy {

Result<void> validate(const RetryBudgetOptions& options, std::string_view prefix) {
  using namespace std::chrono_literals;
  return FieldChecker(prefix)
      .between<std::chrono::milliseconds>("window", options.window, 100ms, 1h)
      .between<std::uint32_t>("percent", options.percent, 0, 50)
      .between<std::uint32_t>("floor", options.floor, 0, 1000)
      .result();
}

void RetryBudget::request(const RetryBudgetOptions& options, base::TimePoint now) noexcept {
  ++window_.now(options.window, now).requests;
}

bool RetryBudget::take(const RetryBudgetOptions& options, base::TimePoint now) noexcept {
  const Counts counts = window_.total(options.window, now);
  const std::uint64_t allowed =
      options.floor + std::uint64_t{counts.requests} * options.percent / 100;
  if (counts.retries >= allowed) return false;
  ++window_.now(options.window, now).retries;
  return true;
}

bool RetryBudget::idle(const RetryBudgetOptions& options, base::TimePoint now) noexcept {
  const Counts counts = window_.total(options.window, now);
  return counts.requests == 0 && counts.retries == 0;
}

}  // namespace sublet::policy

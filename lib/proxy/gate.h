// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/mutex.h"
#include "policy/resilience/concurrency_cap.h"
#include "policy/resilience/keyed_table.h"
#include "policy/resilience/random_source.h"
#include "policy/resilience/retry.h"
#include "policy/resilience/retry_budget.h"
#include "proxy/breakers.h"
#include "proxy/rates.h"
#include "proxy/request_access.h"
#include "proxy/shared_limits.h"

namespace sublet::proxy {

class Gate;

// The place of one request under way: one ticket of each breaker, and one of the caps. It is given
// back exactly once: by finish(), or else, as one that says nothing of the other side, by the
// destructor.
//
// Ownership: borrows the gate; shares the access. Thread safety: none; one thread at a time.
class Pass {
 public:
  Pass() = default;
  Pass(Pass&& other) noexcept { *this = std::move(other); }
  Pass& operator=(Pass&& other) noexcept;
  ~Pass() { finish(policy::CallResult::kIgnored, policy::CallResult::kIgnored, {}); }

  explicit operator bool() const noexcept { return gate_ != nullptr; }
  // What it says to the breaker of the tenant, and to that of all tenants.
  void finish(policy::CallResult own, policy::CallResult all, base::TimePoint now) noexcept;

 private:
  friend class Gate;

  Gate* gate_ = nullptr;
  std::shared_ptr<const RequestAccess> access_;
  std::string origin_;
  Breakers::Ticket own_, all_;
  bool counted_ = false;  // by the caps
  base::TimePoint at_{};
};

// Counts what is requested and says what may go out now: rates, breakers, numbers under way, and
// retries. In memory; the store that processes share is asked by the caller, but for breakers that
// are open elsewhere, which SharedLimits knows.
//
// Ownership: owns its tables; shares the limits. Passes must not outlive it.
// Thread safety: thread-safe; reports and SharedLimits are called under no lock.
class Gate {
 public:
  struct Options {
    BreakerOptions origin_breaker;
    policy::SharedCaps caps;
    policy::RetryBudgetOptions budget;
    std::uint64_t random_seed = 0;
    std::shared_ptr<SharedLimits> shared;
    std::function<void(const BreakerChange&)> breaker_changed;
  };
  struct Admission {
    Pass pass;  // empty: refused
    BreakerState breaker = BreakerState::kClosed;
    bool breaker_would_refuse = false;
    base::Nanoseconds retry_after{0};
    policy::CapReached cap = policy::CapReached::kNone;
  };

  explicit Gate(Options options);

  Rates::Taken take(const RequestAccess& access, std::string_view origin, base::TimePoint now);
  Admission admit(const std::shared_ptr<const RequestAccess>& access, std::string_view origin,
                  base::TimePoint now);

  // The first attempt of a request, for the retry budget.
  void count_request(std::string_view tenant, std::string_view origin, base::TimePoint now);
  policy::RetryDecision decide_retry(std::string_view tenant, std::string_view origin,
                                     const policy::RetryOptions& options,
                                     const policy::Attempt& attempt, base::TimePoint now,
                                     base::TimePoint deadline);
  std::uint64_t random();
  void forget(std::string_view tenant);

  std::uint32_t under_way();

 private:
  friend class Pass;
  using Budgets = policy::KeyedTable<policy::RetryBudget>;

  static constexpr std::size_t kMostBudgets = 32'768;
  static constexpr std::size_t kMostBudgetsOfTenant = 1024;

  // How long a breaker is open in another process.
  std::optional<base::Nanoseconds> open_elsewhere(std::string_view tenant,
                                                  std::string_view origin) const;
  void ask_elsewhere(const RequestAccess& access, std::string_view origin,
                     Admission& admission) const;
  void ask_breakers(const RequestAccess& access, Pass& pass, Admission& admission,
                    base::TimePoint now, BreakerChanges& changes) SUBLET_REQUIRES(mutex_);
  void ask_caps(const RequestAccess& access, Pass& pass, Admission& admission)
      SUBLET_REQUIRES(mutex_);
  void give_back(Pass& pass, policy::CallResult own, policy::CallResult all,
                 base::TimePoint now) noexcept;
  policy::RetryBudget* budget_of(std::string_view tenant, std::string_view origin,
                                 base::TimePoint now) SUBLET_REQUIRES(mutex_);
  void tell(const BreakerChanges& changes) const;

  const Options options_;
  base::Mutex mutex_;
  policy::SplitMix64 random_ SUBLET_GUARDED_BY(mutex_);
  Rates rates_ SUBLET_GUARDED_BY(mutex_);
  Breakers breakers_ SUBLET_GUARDED_BY(mutex_);
  policy::ConcurrencyCap caps_ SUBLET_GUARDED_BY(mutex_);
  Budgets budgets_ SUBLET_GUARDED_BY(mutex_){kMostBudgets, kMostBudgetsOfTenant};
};

}  // namespace sublet::proxy

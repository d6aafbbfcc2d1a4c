// SPDX-License-Identifier: Apache-2.0
#include "proxy/gate.h"

#include <algorithm>
#include <utility>

namespace sublet::proxy {
namespace {

using policy::CallResult;

std::string key_of(std::string_view tenant, std::string_view origin) {
  return std::string(tenant).append("/").append(origin);
}

policy::TenantCaps caps_of(const RequestAccess& access) {
  return {access.policy.max_under_way, access.policy.max_under_way_per_origin,
          access.limits.enforcement(Limit::kRequestsUnderWay)};
}

}  // namespace

Pass& Pass::operator=(Pass&& other) noexcept {
  finish(CallResult::kIgnored, CallResult::kIgnored, {});
  gate_ = std::exchange(other.gate_, nullptr);
  access_ = std::move(other.access_);
  origin_ = std::move(other.origin_);
  own_ = other.own_;
  all_ = other.all_;
  counted_ = other.counted_;
  at_ = other.at_;
  return *this;
}

void Pass::finish(CallResult own, CallResult all, base::TimePoint now) noexcept {
  if (Gate* const gate = std::exchange(gate_, nullptr)) {
    gate->give_back(*this, own, all, std::max(now, at_));
  }
}

Gate::Gate(Options options)
    : options_(std::move(options)), random_(options_.random_seed), caps_(options_.caps) {}

Rates::Taken Gate::take(const RequestAccess& access, std::string_view origin, base::TimePoint now) {
  base::MutexLock lock(mutex_);
  return rates_.take(access, origin, now);
}

Gate::Admission Gate::admit(const std::shared_ptr<const RequestAccess>& access,
                            std::string_view origin, base::TimePoint now) {
  Admission admission;
  ask_elsewhere(*access, origin, admission);
  if (admission.retry_after.count() > 0) return admission;
  Pass pass;
  pass.access_ = access;
  pass.origin_ = origin;
  pass.at_ = now;
  BreakerChanges changes;
  {
    base::MutexLock lock(mutex_);
    ask_breakers(*access, pass, admission, now, changes);
    if (pass) ask_caps(*access, pass, admission);
  }
  tell(changes);
  admission.pass = std::move(pass);
  return admission;
}

std::optional<base::Nanoseconds> Gate::open_elsewhere(std::string_view tenant,
                                                      std::string_view origin) const {
  const auto open_for = options_.shared->open_elsewhere(key_of(tenant, origin));
  if (!open_for || open_for->count() <= 0) return std::nullopt;
  return open_for;
}

void Gate::ask_elsewhere(const RequestAccess& access, std::string_view origin,
                         Admission& admission) const {
  if (!options_.shared) return;
  struct Asked {
    std::string_view tenant;
    Enforcement enforcement;
  };
  for (const Asked& asked : {Asked{access.tenant, access.policy.breaker.enforcement},
                             Asked{{}, options_.origin_breaker.enforcement}}) {
    const auto open_for = open_elsewhere(asked.tenant, origin);
    if (!open_for) continue;
    admission.breaker_would_refuse = true;
    if (asked.enforcement == Enforcement::kDryRun) continue;
    admission.breaker = BreakerState::kOpen;
    admission.retry_after = *open_for;
    return;
  }
}

// Leaves the pass empty where one of them refuses, and nothing taken.
void Gate::ask_breakers(const RequestAccess& access, Pass& pass, Admission& admission,
                        base::TimePoint now, BreakerChanges& changes) {
  const auto own =
      breakers_.admit(access.tenant, pass.origin_, access.policy.breaker, now, changes);
  admission.breaker = own.state;
  admission.breaker_would_refuse = admission.breaker_would_refuse || own.would_refuse;
  if (!own.admitted) {
    admission.retry_after = own.retry_after;
    return;
  }
  const auto all = breakers_.admit({}, pass.origin_, options_.origin_breaker, now, changes);
  admission.breaker_would_refuse = admission.breaker_would_refuse || all.would_refuse;
  if (!all.admitted) {
    breakers_.record(access.tenant, pass.origin_, access.policy.breaker, own.ticket,
                     CallResult::kIgnored, {}, now, random_, changes);
    admission.retry_after = all.retry_after;
    return;
  }
  pass.own_ = own.ticket;
  pass.all_ = all.ticket;
  pass.gate_ = this;
}

void Gate::ask_caps(const RequestAccess& access, Pass& pass, Admission& admission) {
  const policy::CapDecision decision = caps_.acquire(caps_of(access), access.tenant, pass.origin_);
  admission.cap = decision.reached;
  pass.counted_ = decision.admitted && decision.counted;
  if (decision.admitted) return;
  // What is ignored changes no state, so that there is nothing to tell.
  BreakerChanges none;
  pass.gate_ = nullptr;
  breakers_.record(access.tenant, pass.origin_, access.policy.breaker, pass.own_,
                   CallResult::kIgnored, {}, pass.at_, random_, none);
  breakers_.record({}, pass.origin_, options_.origin_breaker, pass.all_, CallResult::kIgnored, {},
                   pass.at_, random_, none);
}

void Gate::give_back(Pass& pass, CallResult own, CallResult all, base::TimePoint now) noexcept {
  const RequestAccess& access = *pass.access_;
  const base::Nanoseconds took = now - pass.at_;
  try {
    BreakerChanges changes;
    {
      base::MutexLock lock(mutex_);
      if (std::exchange(pass.counted_, false)) caps_.release(access.tenant, pass.origin_);
      breakers_.record(access.tenant, pass.origin_, access.policy.breaker, pass.own_, own, took,
                       now, random_, changes);
      all = breakers_.weigh(access.tenant, pass.origin_, pass.all_, all);
      breakers_.record({}, pass.origin_, options_.origin_breaker, pass.all_, all, took, now,
                       random_, changes);
    }
    tell(changes);
  } catch (...) {
    // Only telling needs memory: nobody hears of the change.
  }
}

void Gate::tell(const BreakerChanges& changes) const {
  for (const BreakerChange& change : changes) {
    if (options_.breaker_changed) options_.breaker_changed(change);
    // A dry run here refuses nothing elsewhere.
    if (!options_.shared || change.dry_run) continue;
    const std::string key = key_of(change.tenant, change.origin);
    if (change.to == BreakerState::kOpen) options_.shared->breaker_opened(key, change.open_for);
    if (change.to == BreakerState::kClosed) options_.shared->breaker_closed(key);
  }
}

policy::RetryBudget* Gate::budget_of(std::string_view tenant, std::string_view origin,
                                     base::TimePoint now) {
  return budgets_.find_or_add(tenant, origin, [&](policy::RetryBudget& budget) {
    return budget.idle(options_.budget, now);
  });
}

void Gate::count_request(std::string_view tenant, std::string_view origin, base::TimePoint now) {
  base::MutexLock lock(mutex_);
  if (policy::RetryBudget* const budget = budget_of(tenant, origin, now)) {
    budget->request(options_.budget, now);
  }
}

policy::RetryDecision Gate::decide_retry(std::string_view tenant, std::string_view origin,
                                         const policy::RetryOptions& options,
                                         const policy::Attempt& attempt, base::TimePoint now,
                                         base::TimePoint deadline) {
  base::MutexLock lock(mutex_);
  policy::RetryBudget* const budget = budget_of(tenant, origin, now);
  if (budget == nullptr) return {policy::NoRetry::kBudget};
  return policy::decide_retry(options, attempt, options_.budget, *budget, now, deadline, random_);
}

std::uint64_t Gate::random() {
  base::MutexLock lock(mutex_);
  return random_.next();
}

void Gate::forget(std::string_view tenant) {
  base::MutexLock lock(mutex_);
  rates_.forget(tenant);
  breakers_.forget(tenant);
  budgets_.erase_scope(tenant);
}

std::uint32_t Gate::under_way() {
  base::MutexLock lock(mutex_);
  return caps_.under_way();
}

}  // namespace sublet::proxy

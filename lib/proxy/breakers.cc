// SPDX-License-Identifier: Apache-2.0
#include "proxy/breakers.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "policy/resilience/breaker_change.h"

namespace sublet::proxy {
namespace {

void add_change(BreakerChanges& changes, std::string_view tenant, std::string_view origin,
                const std::optional<policy::BreakerTransition>& transition) {
  if (transition) changes.push_back(policy::breaker_change(tenant, origin, *transition));
}

}  // namespace

Breakers::Admission Breakers::admit(std::string_view tenant, std::string_view origin,
                                    const BreakerOptions& options, base::TimePoint now,
                                    BreakerChanges& changes) {
  // One whose time is over has stopped nobody for a while.
  const auto is_idle = [now](const Entry& entry) {
    const policy::CircuitBreaker& breaker = entry.breaker;
    return breaker.idle() ||
           (breaker.state() == BreakerState::kOpen && breaker.open_until() <= now);
  };
  Entry* const entry = table_of(tenant).find_or_add(tenant, origin, is_idle);
  if (entry == nullptr) return {};
  if (entry->serial == 0) entry->serial = ++last_serial_;
  const policy::BreakerAdmission admission = entry->breaker.admit(options, now);
  add_change(changes, tenant, origin, admission.transition);
  return {admission.admitted,
          admission.would_refuse,
          admission.retry_after,
          entry->breaker.state(),
          {admission.ticket, entry->serial}};
}

void Breakers::record(std::string_view tenant, std::string_view origin,
                      const BreakerOptions& options, const Ticket& ticket,
                      policy::CallResult result, base::Nanoseconds took, base::TimePoint now,
                      policy::RandomSource& random, BreakerChanges& changes) {
  Entry* const entry = ticket.serial == 0 ? nullptr : table_of(tenant).find(tenant, origin);
  if (entry == nullptr || entry->serial != ticket.serial) return;
  add_change(changes, tenant, origin,
             entry->breaker.record(options, ticket.ticket, result, took, now, random));
}

policy::CallResult Breakers::weigh(std::string_view tenant, std::string_view origin,
                                   const Ticket& ticket, policy::CallResult result) {
  Entry* const entry = origins_.find({}, origin);
  const bool is_probe = ticket.ticket.probe != policy::BreakerTicket::kNoProbe;
  if (entry == nullptr || is_probe || result != policy::CallResult::kFailure) return result;
  const std::size_t failed = std::hash<std::string_view>()(tenant);
  if (std::exchange(entry->last_failed, failed) == failed) return policy::CallResult::kIgnored;
  return result;
}

}  // namespace sublet::proxy

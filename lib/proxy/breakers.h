// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "policy/resilience/circuit_breaker.h"
#include "policy/resilience/keyed_table.h"
#include "policy/resilience/random_source.h"
#include "sublet/request.h"

namespace sublet::proxy {

using BreakerChanges = std::vector<BreakerChange>;

// The circuit breakers of this process, by tenant and origin; with an empty tenant those of an
// origin and all tenants.
//
// Ownership: owns its breakers. Thread safety: none; the caller's lock.
class Breakers {
 public:
  struct Ticket {
    policy::BreakerTicket ticket;
    std::uint64_t serial = 0;  // of the breaker; 0: there was no room for one
  };
  struct Admission {
    bool admitted = true;
    bool would_refuse = false;
    base::Nanoseconds retry_after{0};
    BreakerState state = BreakerState::kClosed;
    Ticket ticket;
  };

  Admission admit(std::string_view tenant, std::string_view origin, const BreakerOptions& options,
                  base::TimePoint now, BreakerChanges& changes);
  // Exactly once for every admission. Of a breaker that was forgotten meanwhile: nothing.
  void record(std::string_view tenant, std::string_view origin, const BreakerOptions& options,
              const Ticket& ticket, policy::CallResult result, base::Nanoseconds took,
              base::TimePoint now, policy::RandomSource& random, BreakerChanges& changes);
  // What a tenant's result says to the breaker of all: one tenant's failures alone open nothing, so
  // of several in a row only the first counts until another tenant's comes.
  policy::CallResult weigh(std::string_view tenant, std::string_view origin, const Ticket& ticket,
                           policy::CallResult result);
  void forget(std::string_view tenant) { table_.erase_scope(tenant); }

 private:
  struct Entry {
    policy::CircuitBreaker breaker;
    std::uint64_t serial = 0;
    std::size_t last_failed = 0;  // of the breaker of all: a hash of the tenant
  };
  using Table = policy::KeyedTable<Entry>;

  // About 600 bytes each.
  static constexpr std::size_t kMost = 32'768;
  static constexpr std::size_t kMostOfTenant = 1024;

  Table& table_of(std::string_view tenant) { return tenant.empty() ? origins_ : table_; }

  std::uint64_t last_serial_ = 0;
  Table table_{kMost, kMostOfTenant};
  Table origins_{kMost, kMost};
};

}  // namespace sublet::proxy

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "policy/resilience/keyed_table.h"
#include "sublet/limits.h"
#include "sublet/result.h"

namespace sublet::policy {

// What one tenant may have under way.
struct TenantCaps {
  std::uint32_t requests = 64;    // to all origins. 1 to 100,000
  std::uint32_t per_origin = 16;  // to one origin. 1 to 100,000
  // kDryRun: tells what it would have refused, and refuses nothing.
  Enforcement enforcement = Enforcement::kEnforce;
};

// What all tenants may have under way together.
struct SharedCaps {
  std::uint32_t requests = 1024;   // 1 to 100,000
  std::uint32_t per_origin = 256;  // 1 to 100,000
  // How much one tenant may have of each of the two: this many times what it leaves free. With 4 a
  // tenant alone gets four fifths, and each of two four ninths. 1 to 100.
  std::uint32_t share = 4;
};

Result<void> validate(const TenantCaps& caps, std::string_view prefix);
Result<void> validate(const SharedCaps& caps, std::string_view prefix);

enum class CapReached : std::uint8_t {
  kNone,
  kTenantOrigin,  // TenantCaps::per_origin
  kTenant,        // TenantCaps::requests
  kOrigin,        // SharedCaps::per_origin, or this tenant's share of it
  kTotal,         // SharedCaps::requests, or this tenant's share of it
};

// The stable lower-case name, for logs and metrics: "tenant_origin".
std::string_view to_string(CapReached cap) noexcept;

struct CapDecision {
  bool admitted = true;
  CapReached reached = CapReached::kNone;  // in dry run the request is admitted all the same
  bool counted = true;                     // release() is due; not in dry run beyond a cap
};

// Counts requests under way and says when one more is too many. A shared cap is never used up by
// one tenant: the nearer it is, the less a tenant may have of it, so that one with little under way
// still finds room (the dynamic thresholds of Choudhury and Hahne, IEEE/ACM Transactions on
// Networking, 1998). Every request that is counted is released exactly once.
//
// Thread safety: none; the caller's lock.
class ConcurrencyCap {
 public:
  explicit ConcurrencyCap(const SharedCaps& caps);

  CapDecision acquire(const TenantCaps& caps, std::string_view tenant, std::string_view origin);
  void release(std::string_view tenant, std::string_view origin) noexcept;

  std::uint32_t under_way() const noexcept { return total_; }

 private:
  using Table = KeyedTable<std::uint32_t>;

  CapReached reached(const TenantCaps& caps, std::string_view tenant, std::string_view origin);
  void count(std::string_view tenant, std::string_view origin);

  SharedCaps caps_;
  std::uint32_t total_ = 0;
  Table pairs_;
  Table tenants_;
  Table origins_;
};

}  // namespace sublet::policy

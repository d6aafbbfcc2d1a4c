// SPDX-License-Identifier: Apache-2.0
#include "policy/resilience/concurrency_cap.h"

#include "policy/field_checker.h"

namespace sublet::policy {
namespace {

constexpr std::uint32_t kMostRequests = 100'000;
// The scope of the tables that have but one.
constexpr std::string_view kAll;

bool is_idle(std::uint32_t under_way) { return under_way == 0; }

std::uint32_t count_of(const std::uint32_t* under_way) { return under_way ? *under_way : 0; }

// Whether a tenant that has `own` of `all` may have one more, of at most `cap`.
bool may_have_more(std::uint32_t own, std::uint32_t all, std::uint32_t cap, std::uint32_t share) {
  return all < cap && own < std::uint64_t{share} * (cap - all);
}

void release_one(std::uint32_t* under_way) {
  if (under_way != nullptr && *under_way > 0) --*under_way;
}

}  // namespace

Result<void> validate(const TenantCaps& caps, std::string_view prefix) {
  return FieldChecker(prefix)
      .between<std::uint32_t>("requests", caps.requests, 1, kMostRequests)
      .between<std::uint32_t>("per_origin", caps.per_origin, 1, kMostRequests)
      .result();
}

Result<void> validate(const SharedCaps& caps, std::string_view prefix) {
  return FieldChecker(prefix)
      .between<std::uint32_t>("requests", caps.requests, 1, kMostRequests)
      .between<std::uint32_t>("per_origin", caps.per_origin, 1, kMostRequests)
      .between<std::uint32_t>("share", caps.share, 1, 100)
      .result();
}

std::string_view to_string(CapReached cap) noexcept {
  switch (cap) {
    case CapReached::kNone:
      return "none";
    case CapReached::kTenantOrigin:
      return "tenant_origin";
    case CapReached::kTenant:
      return "tenant";
    case CapReached::kOrigin:
      return "origin";
    case CapReached::kTotal:
      return "total";
  }
  return "unknown";
}

// No more keys are in use than requests are counted: the tables always have room for one more.
ConcurrencyCap::ConcurrencyCap(const SharedCaps& caps)
    : caps_(caps),
      pairs_(caps.requests, caps.requests),
      tenants_(caps.requests, caps.requests),
      origins_(caps.requests, caps.requests) {}

CapDecision ConcurrencyCap::acquire(const TenantCaps& caps, std::string_view tenant,
                                    std::string_view origin) {
  const CapReached cap = reached(caps, tenant, origin);
  // What dry run lets through takes no room from others.
  if (cap != CapReached::kNone) return {caps.enforcement == Enforcement::kDryRun, cap, false};
  count(tenant, origin);
  return {};
}

CapReached ConcurrencyCap::reached(const TenantCaps& caps, std::string_view tenant,
                                   std::string_view origin) {
  const std::uint32_t own_of_origin = count_of(pairs_.find(tenant, origin));
  if (own_of_origin >= caps.per_origin) return CapReached::kTenantOrigin;
  const std::uint32_t own = count_of(tenants_.find(kAll, tenant));
  if (own >= caps.requests) return CapReached::kTenant;
  const std::uint32_t all_of_origin = count_of(origins_.find(kAll, origin));
  if (!may_have_more(own_of_origin, all_of_origin, caps_.per_origin, caps_.share)) {
    return CapReached::kOrigin;
  }
  if (!may_have_more(own, total_, caps_.requests, caps_.share)) return CapReached::kTotal;
  return CapReached::kNone;
}

void ConcurrencyCap::count(std::string_view tenant, std::string_view origin) {
  std::uint32_t* const pair = pairs_.find_or_add(tenant, origin, is_idle);
  std::uint32_t* const own = tenants_.find_or_add(kAll, tenant, is_idle);
  std::uint32_t* const all = origins_.find_or_add(kAll, origin, is_idle);
  ++*pair;
  ++*own;
  ++*all;
  ++total_;
}

void ConcurrencyCap::release(std::string_view tenant, std::string_view origin) noexcept {
  release_one(pairs_.find(tenant, origin));
  release_one(tenants_.find(kAll, tenant));
  release_one(origins_.find(kAll, origin));
  release_one(&total_);
}

}  // namespace sublet::policy

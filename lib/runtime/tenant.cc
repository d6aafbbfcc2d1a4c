// SPDX-License-Identifier: Apache-2.0
#include "runtime/tenant.h"

namespace sublet::runtime {

bool Tenant::may_start() const noexcept {
  return in_flight() < policy->max_concurrency ||
         policy->limits.enforcement(Limit::kConcurrency) == Enforcement::kDryRun;
}

bool Tenant::has_turns() const noexcept {
  return !ready.empty() || (first_queued() != nullptr && may_start()) ||
         (errands != nullptr && !errands->loads.empty());
}

TenantErrands& Tenant::make_errands() {
  if (errands == nullptr) errands = std::make_unique<TenantErrands>();
  return *errands;
}

}  // namespace sublet::runtime

// SPDX-License-Identifier: Apache-2.0
#include "policy/resilience/breaker_change.h"

#include <chrono>

namespace sublet::policy {

BreakerChange breaker_change(std::string_view tenant, std::string_view origin,
                             const BreakerTransition& transition) {
  BreakerChange change;
  change.tenant = tenant;
  change.origin = origin;
  change.from = transition.from;
  change.to = transition.to;
  change.cause = to_string(transition.cause);
  change.calls = transition.counts.calls;
  change.failed = transition.counts.failed;
  change.slow = transition.counts.slow;
  change.open_for = std::chrono::ceil<std::chrono::milliseconds>(transition.open_for);
  change.dry_run = transition.dry_run;
  return change;
}

}  // namespace sublet::policy

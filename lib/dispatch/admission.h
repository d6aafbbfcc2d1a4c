// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "runtime/tenant.h"
#include "sublet/invocation.h"

namespace sublet::dispatch {

// What the process allows of isolates that lost threads hold.
struct AbandonQuota {
  std::uint32_t per_tenant = 2;
  std::uint32_t in_all = 64;
  std::uint32_t now_in_all = 0;
};

// Whether an invocation may wait in its tenant's queue.
struct Admission {
  Outcome refusal = Outcome::kOk;  // kOk: it may
  std::string message;
  bool over_queue_bound = false;  // also where the bound is only reported
};

// Guarded by the dispatcher's lock.
Admission admit(const runtime::Tenant& tenant, const AbandonQuota& quota);
// The same for one that comes out of the queue: what may have changed since.
Admission readmit(const runtime::Tenant& tenant, const AbandonQuota& quota);

}  // namespace sublet::dispatch

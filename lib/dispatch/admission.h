// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "runtime/tenant.h"
#include "sublet/invocation.h"

namespace sublet::dispatch {

// What the process has to offer, and what it allows of isolates that lost threads hold.
struct AdmissionTerms {
  std::uint32_t abandoned_per_tenant = 2;
  std::uint32_t abandoned_in_all = 64;
  std::uint32_t abandoned_now = 0;
  // Why there is no sandboxed tier; null: there is one.
  const std::string* sandbox_missing = nullptr;
};

// Whether an invocation may wait in its tenant's queue.
struct Admission {
  Outcome refusal = Outcome::kOk;  // kOk: it may
  std::string message;
  bool over_queue_bound = false;  // also where the bound is only reported
};

// Guarded by the dispatcher's lock.
Admission admit(const runtime::Tenant& tenant, runtime::Lane lane, const AdmissionTerms& terms);
// The same for one that comes out of the queue: what may have changed since.
Admission readmit(const runtime::Tenant& tenant, const AdmissionTerms& terms);

}  // namespace sublet::dispatch

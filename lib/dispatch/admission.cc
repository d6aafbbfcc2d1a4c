// SPDX-License-Identifier: Apache-2.0
#include "dispatch/admission.h"

namespace sublet::dispatch {

using runtime::Tenant;

Admission readmit(const Tenant& tenant, const AdmissionTerms& terms) {
  Admission admission;
  if (!tenant.policy->enabled) {
    admission.refusal = Outcome::kDisabled;
    admission.message = "the tenant is switched off (TenantPolicy::enabled)";
  } else if (tenant.sandboxed()) {
    if (terms.sandbox_missing == nullptr) return admission;
    admission.refusal = Outcome::kDisabled;
    admission.message = "the tenant is to run in a sandboxed process, which is not available: " +
                        *terms.sandbox_missing;
    if (tenant.quarantine != nullptr) {
      admission.message += " (quarantined: " + tenant.quarantine->reason + ")";
    }
  } else if (tenant.abandoned >= terms.abandoned_per_tenant && tenant.abandoned > 0) {
    admission.refusal = Outcome::kQuarantined;
    admission.message = "the tenant left " + std::to_string(tenant.abandoned) +
                        " isolates behind (HostOptions::max_abandoned_per_tenant)";
  } else if (terms.abandoned_now >= terms.abandoned_in_all && terms.abandoned_now > 0) {
    admission.refusal = Outcome::kQuarantined;
    admission.message = "this process holds " + std::to_string(terms.abandoned_now) +
                        " abandoned isolates (HostOptions::max_abandoned)";
  }
  return admission;
}

Admission admit(const Tenant& tenant, runtime::Lane lane, const AdmissionTerms& terms) {
  Admission admission = readmit(tenant, terms);
  if (admission.refusal != Outcome::kOk) return admission;
  const std::size_t bound = tenant.policy->max_queue;
  // A bound of zero still lets in what a free place can take up at once.
  const auto& queued = tenant.queued[static_cast<std::size_t>(lane)];
  const bool starts_at_once = tenant.first_queued() == nullptr && tenant.may_start();
  if (queued.size() < bound || starts_at_once) return admission;
  admission.over_queue_bound = true;
  if (tenant.policy->limits.enforcement(Limit::kQueue) == Enforcement::kDryRun) return admission;
  admission.refusal = Outcome::kLoadShed;
  admission.message = std::to_string(queued.size()) +
                      " invocations of the tenant wait already (TenantPolicy::max_queue)";
  return admission;
}

}  // namespace sublet::dispatch

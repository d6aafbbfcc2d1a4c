// SPDX-License-Identifier: Apache-2.0
#include "sublet/testing/key_value_conformance.h"

#include "testing/run_cases.h"
#include "testing/trial.h"

namespace sublet::testing {
namespace {

using conformance::Case;

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const auto part :
       {conformance::entry_cases, conformance::key_cases, conformance::version_cases,
        conformance::condition_cases, conformance::compute_cases, conformance::concurrency_cases,
        conformance::expiry_cases, conformance::list_cases, conformance::separation_cases,
        conformance::usage_cases, conformance::refusal_cases, conformance::callback_cases,
        conformance::last_owner_cases, conformance::durability_cases, conformance::pair_cases}) {
    std::vector<Case> cases = part();
    all.insert(all.end(), cases.begin(), cases.end());
  }
  return all;
}

}  // namespace

std::vector<std::string> key_value_conformance_cases() {
  return conformance::names_of(all_cases());
}

std::vector<ConformanceFailure> run_key_value_conformance(const KeyValueSubject& subject,
                                                          const std::string& filter) {
  return conformance::run_cases(all_cases(), subject, filter);
}

}  // namespace sublet::testing

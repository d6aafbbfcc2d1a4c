// SPDX-License-Identifier: Apache-2.0
#include "sublet/testing/event_queue_conformance.h"

#include "testing/event_queue_trial.h"
#include "testing/run_cases.h"

namespace sublet::testing {
namespace {

using conformance::EventCase;

std::vector<EventCase> all_cases() {
  std::vector<EventCase> all;
  for (const auto part : {conformance::event_enqueue_cases, conformance::event_idempotency_cases,
                          conformance::event_claim_cases, conformance::event_lease_cases,
                          conformance::event_order_cases, conformance::event_settle_cases,
                          conformance::event_completion_cases, conformance::event_look_cases,
                          conformance::event_filter_cases, conformance::event_hand_cases,
                          conformance::event_erase_cases, conformance::event_record_cases,
                          conformance::event_refusal_cases, conformance::event_callback_cases,
                          conformance::event_concurrency_cases, conformance::event_durability_cases,
                          conformance::event_pair_cases}) {
    std::vector<EventCase> cases = part();
    all.insert(all.end(), cases.begin(), cases.end());
  }
  return all;
}

}  // namespace

std::vector<std::string> event_queue_conformance_cases() {
  return conformance::names_of(all_cases());
}

std::vector<ConformanceFailure> run_event_queue_conformance(const EventQueueSubject& subject,
                                                            const std::string& filter) {
  return conformance::run_cases(all_cases(), subject, filter);
}

}  // namespace sublet::testing

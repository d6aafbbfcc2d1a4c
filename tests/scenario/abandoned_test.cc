// SPDX-License-Identifier: Apache-2.0
#include "support.h"

namespace sublet::scenario {
namespace {

TenantPolicy small_heap() {
  auto policy = ample_policy();
  policy.limits.heap = Bytes::mebibytes(24);
  policy.isolation = Isolation::kInProcess;
  return policy;
}

TEST_SUITE("scenario") {
  TEST_CASE("abandoned: what V8 cannot survive ends one invocation, and the host goes on") {
    TestHost host(small_heap());
    host.install("export const run = () => 'other';", {}, "globex");
    host.install(kFatalCode);
    const auto result = host.run();
    CHECK_OUTCOME(result, Outcome::kExceededMemory);
    CHECK(host->stats().isolates_abandoned == 1);
    CHECK(host->stats().abandoned_memory > Bytes{0});
    CHECK_ANSWER(host.run("", "globex"), "\"other\"");
    // The tenant has a fresh isolate for its next call.
    host.install("export const run = () => 'again';");
    CHECK_ANSWER(host.run(), "\"again\"");
  }

  TEST_CASE("abandoned: a thread that does not come back is replaced, and the caller let go") {
    auto policy = ample_policy();
    policy.limits.cpu_time = 50ms;
    policy.isolation = Isolation::kInProcess;
    TestHost host(policy);
    host.install("export const run = () => 'other';", {}, "globex");
    host.install(kStuckCode);
    CHECK_OUTCOME(host.run("1"), Outcome::kExceededCpu);
    CHECK(host->stats().isolates_abandoned == 1);
    // Capacity is kept: both workers still serve.
    for (int i = 0; i < 8; ++i) CHECK_ANSWER(host.run("", "globex"), "\"other\"");
  }

  TEST_CASE("abandoned: a tenant that leaves too many behind is quarantined, others are not") {
    auto options = TestHost::two_workers();
    options.max_abandoned_per_tenant = 1;
    TestHost host(small_heap(), options);
    host.install("export const run = () => 'other';", {}, "globex");
    host.install(kFatalCode);
    CHECK_OUTCOME(host.run(), Outcome::kExceededMemory);
    CHECK_OUTCOME(host.run(), Outcome::kQuarantined);
    CHECK_ANSWER(host.run("", "globex"), "\"other\"");
  }
}

}  // namespace
}  // namespace sublet::scenario

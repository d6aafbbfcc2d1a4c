// SPDX-License-Identifier: Apache-2.0
// Isolation::kAutomatic: what comes close to taking the process down moves its tenant out of it.
#include "sandbox_support.h"

namespace sublet::scenario {
namespace {

TenantPolicy automatic_policy() {
  auto policy = ample_policy();
  policy.isolation = Isolation::kAutomatic;
  policy.limits.cpu_time = 100ms;
  policy.limits.startup_cpu_time = 100ms;
  return policy;
}

TEST_SUITE("scenario") {
  TEST_CASE("quarantine: a thread that does not come back moves its tenant to the sandboxed tier") {
    TestHost host(automatic_policy(), one_sandbox());
    host.install(kStuckCode);
    host.install("export const run = () => 'other';", {}, "globex");
    CHECK_OUTCOME(host.run("1"), Outcome::kExceededCpu);
    CHECK(host->stats().isolates_abandoned == 1);
    const auto status = host->status("acme");
    REQUIRE(status.has_value());
    CHECK(status->quarantined);
    CHECK(status->sandboxed);
    CHECK_FALSE(status->quarantine_reason.empty());
    CHECK(host.observer.quarantined.items() == std::vector<std::string>{"acme"});
    CHECK(host->stats().tenants_quarantined == 1);
    // The same again, there: the process is ended, and this one loses nothing.
    CHECK_OUTCOME(host.run("1"), Outcome::kExceededCpu);
    CHECK_ANSWER(host.run("0"), "\"done\"");
    CHECK(host->stats().isolates_abandoned == 1);
    CHECK_ANSWER(host.run("", "globex"), "\"other\"");
    CHECK_FALSE(host->status("globex")->sandboxed);
  }

  TEST_CASE("quarantine: the host can move the tenant back") {
    TestHost host(automatic_policy(), one_sandbox());
    host.install(kStuckCode);
    CHECK_OUTCOME(host.run("1"), Outcome::kExceededCpu);
    REQUIRE(host->status("acme")->sandboxed);
    REQUIRE(host->lift_quarantine("acme").has_value());
    CHECK_FALSE(host->status("acme")->sandboxed);
    CHECK_FALSE(host->status("acme")->quarantined);
    CHECK_ANSWER(host.run("0"), "\"done\"");
    CHECK(zygotes().empty());
    CHECK(host->lift_quarantine("nobody").error().code == ErrorCode::kNotFound);
    CHECK(host->status("nobody").error().code == ErrorCode::kNotFound);
  }

  TEST_CASE("quarantine: without the helper the tenant is disabled, with the reason") {
    auto options = one_sandbox();
    options.sandbox_helper = "/nowhere/sublet-sandbox";
    TestHost host(automatic_policy(), options);
    host.install(kStuckCode);
    CHECK_OUTCOME(host.run("1"), Outcome::kExceededCpu);
    const auto result = host.run("0");
    CHECK_OUTCOME(result, Outcome::kDisabled);
    CHECK(result.error->message.find("quarantined") != std::string::npos);
  }

  TEST_CASE(
      "quarantine: top-level code that is stuck is held against the tenant that installs it") {
    TestHost host(automatic_policy(), one_sandbox());
    const std::string code = std::string(kStuckCode) + "run({ data: 1 });";
    CHECK_FALSE(host->install("acme", make_bundle(code)).has_value());
    REQUIRE(host->status("acme").has_value());
    CHECK(host->status("acme")->sandboxed);
    CHECK_FALSE(host->install("acme", make_bundle(code)).has_value());
    CHECK(host->stats().isolates_abandoned == 1);
  }
}

}  // namespace
}  // namespace sublet::scenario

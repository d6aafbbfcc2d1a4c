// SPDX-License-Identifier: Apache-2.0
// What is particular to the sandboxed tier; that everything else is the same there, the other
// scenarios show, which run in both.
#include <sys/wait.h>

#include <algorithm>
#include <set>

#include "sandbox_support.h"

namespace sublet::scenario {
namespace {

const char* const kRun = "export const run = (event) => [event.data, 'answer'];";

TEST_SUITE("scenario") {
  TEST_CASE("sandbox: an invocation runs in a process of its own") {
    TestHost host(sandboxed_policy(), one_sandbox());
    host.install(kRun);
    CHECK_ANSWER(host.run("1"), "[1,\"answer\"]");
    REQUIRE(zygotes().size() == 1);
    // The one that the bundle was compiled and tried in is on its way out.
    for (int tries = 0; tries < 5000 && sandboxes().size() > 1; ++tries) {
      std::this_thread::sleep_for(2ms);
    }
    CHECK(sandboxes().size() == 1);
    const auto status = host->status("acme");
    REQUIRE(status.has_value());
    CHECK(status->sandboxed);
    CHECK_FALSE(status->quarantined);
  }

  TEST_CASE("sandbox: the host's own children and signals are not touched") {
    static volatile sig_atomic_t noticed = 0;
    struct sigaction action {};
    struct sigaction before {};
    action.sa_handler = [](int) { noticed = 1; };
    ::sigaction(SIGCHLD, &action, &before);
    {
      TestHost host(sandboxed_policy(), one_sandbox());
      host.install(kRun);
      CHECK_ANSWER(host.run("1"), "[1,\"answer\"]");
      CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
      CHECK(errno == ECHILD);
    }
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
    CHECK(zygotes().empty());
    CHECK(noticed == 0);
    ::sigaction(SIGCHLD, &before, nullptr);
  }

  TEST_CASE("sandbox: a manifest that asks for it is run there with all that the tenant has") {
    auto policy = ample_policy();
    policy.isolation = Isolation::kInProcess;
    TestHost host(policy, one_sandbox());
    host.install(kRun, {.name = "plain"});
    CHECK_FALSE(host->status("acme")->sandboxed);
    auto files = bundle_files(kRun, {.name = "careful"});
    auto asked = manifest({.name = "careful"});
    asked["isolation"] = "sandboxed";
    files["extension.json"] = asked.dump();
    REQUIRE(host->install("acme", Bundle::from_memory(files).value()).has_value());
    CHECK(host->status("acme")->sandboxed);
    for (const char* extension : {"plain", "careful"}) {
      Event event{.tenant = "acme", .event = "run", .payload = "2", .extension = extension};
      CHECK_ANSWER(host.run(event), "[2,\"answer\"]");
    }
    REQUIRE(host->uninstall("acme", "careful").has_value());
    CHECK_FALSE(host->status("acme")->sandboxed);
    CHECK_ANSWER(host.run("3"), "[3,\"answer\"]");
  }

  TEST_CASE("sandbox: without the helper a tenant is refused with the reason, others are served") {
    auto options = one_sandbox();
    options.sandbox_helper = "/nowhere/sublet-sandbox";
    auto policy = ample_policy();
    policy.isolation = Isolation::kInProcess;
    TestHost host(policy, options);
    host.install(kRun, {}, "globex");
    host.install(kRun);
    policy.isolation = Isolation::kSandboxed;
    REQUIRE(host->set_policy("acme", policy).has_value());
    const auto result = host.run("1");
    CHECK_OUTCOME(result, Outcome::kDisabled);
    CHECK(result.error->message.find("sandbox_helper") != std::string::npos);
    const auto refused = host->install("acme", make_bundle("export const run = () => 2;"));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::kUnavailable);
    CHECK_ANSWER(host.run("1", "globex"), "[1,\"answer\"]");
  }

  TEST_CASE("sandbox: a process that ends under an invocation loses that, and nothing else") {
    auto options = one_sandbox();
    options.workers = 3;
    TestHost host(sandboxed_policy(), options);
    host.install("export const run = () => { for (;;); };");
    host.install(kRun, {}, "globex");
    CHECK_ANSWER(host.run("1", "globex"), "[1,\"answer\"]");
    const auto before = sandboxes();
    host.start();
    std::vector<pid_t> victim;
    for (int tries = 0; tries < 2000 && victim.empty(); ++tries) {
      for (const pid_t each : sandboxes()) {
        if (std::find(before.begin(), before.end(), each) == before.end()) victim.push_back(each);
      }
      std::this_thread::sleep_for(5ms);
    }
    REQUIRE(victim.size() == 1);
    end_process(victim[0]);
    REQUIRE(host.results.wait_for(1));
    const auto results = host.results.items();
    CHECK_OUTCOME(results[0], Outcome::kSandboxLost);
    CHECK(results[0].error->message.find("signal 9") != std::string::npos);
    CHECK_ANSWER(host.run("2", "globex"), "[2,\"answer\"]");
    host.install(kRun);
    CHECK_ANSWER(host.run("3"), "[3,\"answer\"]");  // and what was lost is put away
    CHECK(host->stats().sandboxes_lost == 1);
  }

  TEST_CASE("sandbox: a process that ends while idle is replaced without anybody noticing") {
    TestHost host(sandboxed_policy(), one_sandbox());
    host.install(kRun);
    CHECK_ANSWER(host.run("1"), "[1,\"answer\"]");
    for (const pid_t each : sandboxes()) end_process(each);
    CHECK_ANSWER(host.run("2"), "[2,\"answer\"]");
  }

  TEST_CASE("sandbox: the zygote is replaced when it ends") {
    TestHost host(sandboxed_policy(), one_sandbox());
    host.install(kRun);
    CHECK_ANSWER(host.run("1"), "[1,\"answer\"]");
    const pid_t first = zygotes().at(0);
    end_process(first);
    host.install(kRun, {}, "globex");
    CHECK_ANSWER(host.run("2", "globex"), "[2,\"answer\"]");
    CHECK_ANSWER(host.run("3"), "[3,\"answer\"]");
    REQUIRE(zygotes().size() == 1);
    CHECK(zygotes()[0] != first);
  }

  TEST_CASE("sandbox: what a process awaited is lost with it, and told") {
    TestHost host(sandboxed_policy(), one_sandbox());
    Spec spec{.events = {"run", "await"}, .state = State::kTenant};
    host.install(
        "export const run = () => 1; export { wait as await }; "
        "const wait = () => new Promise((done) => setTimeout(done, 60_000));",
        spec);
    host.start({.tenant = "acme", .event = "await"});
    CHECK_ANSWER(host.run(), "1");
    for (const pid_t each : sandboxes()) end_process(each);
    CHECK_ANSWER(host.run(), "1");
    REQUIRE(host.results.wait_for(1));
    const auto results = host.results.items();
    CHECK_OUTCOME(results[0], Outcome::kSandboxLost);
  }

  TEST_CASE("sandbox: processes forked from one parent draw random numbers of their own") {
    TestHost host(sandboxed_policy());
    std::set<std::string> drawn;
    for (const char* tenant : {"acme", "globex", "initech", "umbrella"}) {
      host.install("export const run = () => [Math.random(), Math.random.toString()];", {}, tenant);
      for (int i = 0; i < 2; ++i) {
        const auto result = host.run("", tenant);
        CHECK_OUTCOME(result, Outcome::kOk);
        CHECK(result.json.find("function random() { [native code] }") != std::string::npos);
        drawn.insert(result.json);
      }
    }
    CHECK(drawn.size() == 8);
  }

  TEST_CASE("sandbox: large payloads and results come across whole") {
    auto policy = sandboxed_policy();
    policy.limits.payload = Bytes::mebibytes(40);
    policy.limits.result = Bytes::mebibytes(40);
    policy.limits.heap = Bytes::mebibytes(512);
    TestHost host(policy, one_sandbox());
    host.install("export const run = (event) => event.data;");
    for (const std::size_t size : {100u << 10, 5u << 20, 20u << 20}) {
      const std::string text = '"' + std::string(size, 'x') + '"';
      const auto result = host.run(text);
      CHECK_OUTCOME(result, Outcome::kOk);
      CHECK(result.json == text);
    }
  }
}

}  // namespace
}  // namespace sublet::scenario

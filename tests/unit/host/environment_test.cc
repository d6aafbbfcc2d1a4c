// SPDX-License-Identifier: Apache-2.0
#include "host/environment.h"

#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <string_view>

#include "sublet/version.h"

namespace sublet::host {
namespace {

using Status = EnvironmentCheck::Status;
using sandbox::Wall;
using std::chrono::year;

// A machine and process that nothing is wrong with.
EnvironmentFacts good_facts() {
  EnvironmentFacts facts;
  facts.v8 = {13, 6, true, true};
  facts.library_version = "0.1.0";
  facts.engine_version = "13.6.233";
  facts.today = year{2026} / 1 / 1;
  facts.helper.path = "/usr/libexec/sublet-sandbox";
  facts.helper.check =
      sandbox::ConfinementCheck{"0.1.0",
                                "13.6.233",
                                {Wall::kUserNamespace, Wall::kNetworkNamespace, Wall::kEmptyRoot,
                                 Wall::kSignalsConfined, Wall::kUnprivilegedUser},
                                {Wall::kSyscallFilter},
                                ""};
  facts.memory = std::uint64_t{8} << 30;
  facts.cgroup = "/sys/fs/cgroup/app";
  facts.overcommit = "0";
  facts.huge_pages = "always [madvise] never";
  return facts;
}

EnvironmentCheck find(const EnvironmentFacts& facts, std::string_view name) {
  for (EnvironmentCheck& check : judge(facts)) {
    if (check.name == name) return check;
  }
  return {std::string(name), Status::kFailed, "is not among the checks"};
}

template <typename Change>
Status status_with(std::string_view name, Change change) {
  EnvironmentFacts facts = good_facts();
  change(facts);
  return find(facts, name).status;
}

TEST_SUITE_BEGIN("environment");

TEST_CASE("where nothing is wrong, every check says so, with a detail") {
  for (const EnvironmentCheck& check : judge(good_facts())) {
    CAPTURE(check.name);
    CAPTURE(check.detail);
    CHECK(check.status == Status::kOk);
    CHECK_FALSE(check.detail.empty());
  }
}

TEST_CASE("V8 is too old from the day on which nobody fixes it any more") {
  const auto on = [](int major, int minor, std::chrono::sys_days day) {
    return status_with("v8", [&](EnvironmentFacts& facts) {
      facts.v8.major = major;
      facts.v8.minor = minor;
      facts.today = day;
    });
  };
  CHECK(on(10, 2, year{2025} / 4 / 30) == Status::kOk);
  CHECK(on(10, 2, year{2025} / 5 / 1) == Status::kDegraded);
  CHECK(on(12, 4, year{2026} / 5 / 1) == Status::kOk);
  CHECK(on(11, 9, year{2024} / 1 / 1) == Status::kDegraded);
  CHECK(on(14, 2, year{2026} / 1 / 1) == Status::kOk);
}

TEST_CASE("a helper that is missing, silent or another one's") {
  CHECK(status_with("sandbox_helper", [](auto& facts) { facts.helper.path.clear(); }) ==
        Status::kDegraded);
  CHECK(status_with("sandbox_helper", [](auto& facts) { facts.helper.check.reset(); }) ==
        Status::kFailed);
  CHECK(status_with("sandbox_helper", [](auto& facts) { facts.helper.check->version = "0.0.9"; }) ==
        Status::kFailed);
  CHECK(status_with("sandbox_helper", [](auto& facts) { facts.helper.check->engine = "12.4"; }) ==
        Status::kFailed);
  CHECK(status_with("confinement", [](auto& facts) {
          facts.helper.check->failure = "no seccomp";
        }) == Status::kFailed);
}

TEST_CASE("each wall that is missing is told by its name") {
  const auto none = [](EnvironmentFacts& facts) { facts.helper.check->zygote = {}; };
  for (const char* name : {"user_namespace", "network_namespace", "no_files", "signals_confined",
                           "unprivileged_user"}) {
    CAPTURE(name);
    CHECK(status_with(name, none) == Status::kDegraded);
  }
  CHECK(status_with("no_files", [](auto& facts) {
          facts.helper.check->zygote = {Wall::kFilesRefused};
        }) == Status::kOk);
}

TEST_CASE("a limit on addresses is fatal to V8, the sooner the less it leaves") {
  const auto with = [](std::uint64_t gibibytes, bool cages) {
    return status_with("address_space", [&](EnvironmentFacts& facts) {
      facts.address_space = gibibytes << 30;
      facts.v8.pointer_compression = facts.v8.sandbox = cages;
    });
  };
  CHECK(with(2, false) == Status::kFailed);
  CHECK(with(64, false) == Status::kDegraded);
  CHECK(with(64, true) == Status::kFailed);
}

TEST_CASE("what the process and the machine can have against it") {
  const auto degraded = [](std::string_view name, auto change) {
    CAPTURE(name);
    CHECK(status_with(name, change) == Status::kDegraded);
  };
  degraded("user", [](auto& facts) { facts.root = true; });
  degraded("elevated", [](auto& facts) { facts.elevated = true; });
  degraded("preload", [](auto& facts) { facts.preloaded = true; });
  degraded("data", [](auto& facts) { facts.data = 1 << 30; });
  degraded("processes", [](auto& facts) { facts.processes = 100; });
  degraded("descriptors", [](auto& facts) { facts.descriptors = 1024; });
  degraded("stack", [](auto& facts) { facts.stack = 4096; });
  degraded("memory", [](auto& facts) { facts.memory = 1 << 20; });
  degraded("control_group", [](auto& facts) { facts.cgroup.clear(); });
  degraded("control_group", [](auto& facts) { facts.cgroup_refusal = "no"; });
  degraded("overcommit", [](auto& facts) { facts.overcommit = "2"; });
  degraded("huge_pages", [](auto& facts) { facts.huge_pages = "[always] madvise never"; });
  CHECK(status_with("fork", [](auto& facts) { facts.forked = true; }) == Status::kFailed);
}

TEST_CASE("handlers of faults are named") {
  EnvironmentFacts facts = good_facts();
  facts.handled_signals = 1u << (SIGSEGV - 1) | 1u << (SIGABRT - 1);
  CHECK(find(facts, "fault_handlers").detail.starts_with("SIGSEGV, SIGABRT handled"));
  facts.ignored_signals = 1u << (SIGCHLD - 1);
  CHECK(find(facts, "sigchld").detail.starts_with("ignored by the host"));
}

TEST_CASE("the facts of this process are found, and nothing of it is changed") {
  const auto before = ::signal(SIGUSR2, SIG_IGN);
  HostOptions options;
  options.sandbox_helper = "/nowhere/sublet-sandbox";
  const EnvironmentFacts facts = find_facts(options);
  CHECK((facts.ignored_signals >> (SIGUSR2 - 1) & 1) == 1);
  CHECK((::signal(SIGUSR2, before) == SIG_IGN));
  CHECK(facts.library_version == library_version());
  CHECK(facts.v8.major > 0);
  CHECK(facts.address_space_used > 0);
  CHECK_FALSE(facts.helper.check.has_value());
  CHECK_FALSE(facts.forked);
}

TEST_CASE("statuses have names") {
  CHECK(to_string(Status::kOk) == "ok");
  CHECK(to_string(Status::kDegraded) == "degraded");
  CHECK(to_string(Status::kFailed) == "failed");
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::host

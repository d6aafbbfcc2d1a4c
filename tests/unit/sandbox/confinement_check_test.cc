// SPDX-License-Identifier: Apache-2.0
#include "sandbox/confinement_check.h"

#include <doctest/doctest.h>

#include "confined_process.h"
#include "sandbox/run_check.h"
#include "sublet/version.h"

namespace sublet::sandbox {
namespace {

TEST_SUITE_BEGIN("confinement_check");

TEST_CASE("a check is read as it was written") {
  ConfinementCheck check;
  check.version = "0.1.0";
  check.engine = "10.2.154.26";
  check.zygote = {Wall::kUserNamespace, Wall::kEmptyRoot};
  check.child = {Wall::kSyscallFilter};
  check.failure = "two\nlines=of it";
  const ConfinementCheck read = parse_confinement_check(encode(check) + "later=more\nnothing");
  CHECK(read.version == check.version);
  CHECK(read.engine == check.engine);
  CHECK(read.zygote == check.zygote);
  CHECK(read.child == check.child);
  CHECK(read.failure == "two lines=of it");
}

TEST_CASE("the helper's check confines a process and tells what stands") {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    forget_handlers();
    ::_exit(run_check(ends[1]));
  }
  ::close(ends[1]);
  const Fate fate = fate_of(pid, ends[0]);
  ::close(ends[0]);
  CHECK(fate.exited(0));
  const ConfinementCheck check = parse_confinement_check(fate.said);
  CHECK(check.failure.empty());
  CHECK(check.version == library_version());
  CHECK(check.engine == engine_version());
  CHECK(check.zygote.has(Wall::kNoNewPrivileges));
  CHECK(check.child.has(Wall::kSyscallFilter));
  CHECK(check.child.has(Wall::kResourceLimits));
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::sandbox

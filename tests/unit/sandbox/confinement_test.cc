// SPDX-License-Identifier: Apache-2.0
#include "sandbox/confinement.h"

#include <doctest/doctest.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

#include "attacks.h"
#include "confined_process.h"

namespace sublet::sandbox {
namespace {

constexpr int kRefused = 0;
constexpr int kGotThrough = 1;

std::string describe(const Setting& setting) {
  return std::string(setting.namespaces ? "namespaces" : "no namespaces") +
         (setting.landlock ? ", Landlock" : "") + (setting.as_user ? ", user" : ", as started");
}

TEST_SUITE_BEGIN("confinement");

TEST_CASE("a confined process reaches nothing, whatever it tries and whoever the host is") {
  for (const Setting& setting : settings()) {
    for (const Attack& attack : attacks()) {
      CAPTURE(describe(setting));
      CAPTURE(attack.name);
      const Fate fate =
          in_child(setting, [&](int) { return attack.run() ? kGotThrough : kRefused; });
      const bool held = fate.exited(kRefused) || ended_by_filter(fate.status);
      CHECK_MESSAGE(held, fate.said);
    }
  }
}

TEST_CASE("the attacks are real: without walls they get through") {
  for (const Attack& attack : attacks()) {
    if (!attack.common) continue;
    const pid_t pid = ::fork();
    if (pid == 0) ::_exit(attack.run() ? kGotThrough : kRefused);
    int status = 0;
    ::waitpid(pid, &status, 0);
    CAPTURE(attack.name);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == kGotThrough);
  }
}

TEST_CASE("what only an attack does ends the process") {
  const Fate fate = in_child({}, [](int) { return ::kill(::getppid(), 0) == 0 ? 1 : 0; });
  CHECK(ended_by_filter(fate.status));
}

// The zygote has no filter: what refuses here are the other walls.
TEST_CASE("without a filter, namespaces and Landlock hold what they are for") {
  const auto attempt = [](const Setting& setting, bool (*run)()) {
    return in_zygote(setting, [&](Confinement&, int) { return run() ? kGotThrough : kRefused; });
  };
  const auto find = [](std::string_view name) {
    for (const Attack& attack : attacks()) {
      if (name == attack.name) return attack.run;
    }
    FAIL("no such attack");
    return attacks().front().run;
  };
  for (const Setting& setting : settings()) {
    const Fate walls = in_zygote(setting, [](Confinement& confinement, int socket) {
      say(socket, confinement.walls().names());
      return 0;
    });
    const Walls stand = Walls::parse(walls.said);
    CAPTURE(describe(setting));
    CAPTURE(walls.said);
    CHECK(stand.has(Wall::kNoCapabilities));
    for (const char* name : {"mounts", "becomes root", "finds the environment",
                             "finds another descriptor", "loads a program into the kernel"}) {
      CAPTURE(name);
      CHECK(attempt(setting, find(name)).exited(kRefused));
    }
    if (stand.has(Wall::kEmptyRoot) || stand.has(Wall::kFilesRefused)) {
      CHECK(attempt(setting, find("reads /etc/passwd")).exited(kRefused));
      CHECK(attempt(setting, find("writes a file")).exited(kRefused));
      CHECK(attempt(setting, find("runs a program")).exited(kRefused));
    }
    if (stand.has(Wall::kNetworkNamespace)) {
      CHECK(attempt(setting, find("makes a TCP socket and connects to this machine"))
                .exited(kRefused));
    }
    if (stand.has(Wall::kSignalsConfined) || stand.has(Wall::kUserNamespace)) {
      CHECK(attempt(setting, find("traces its parent")).exited(kRefused));
    }
    if (stand.has(Wall::kSignalsConfined)) {
      CHECK(attempt(setting, find("signals its parent")).exited(kRefused));
    }
  }
}

TEST_CASE("a host that is root has no root in its sandboxed processes") {
  CHECK(in_zygote({.namespaces = false, .landlock = false}, [](Confinement&, int) {
          return ::geteuid() == 0 || ::seteuid(0) == 0 ? kGotThrough : kRefused;
        }).exited(kRefused));
}

TEST_CASE("texts of the environment are gone from memory") {
  ::setenv("SUBLET_TEST_SECRET", "hidden", 1);
  const char* const text = ::getenv("SUBLET_TEST_SECRET");
  const Fate fate =
      in_child({}, [&](int) { return std::strlen(text) == 0 ? kRefused : kGotThrough; });
  CHECK(fate.exited(kRefused));
  ::unsetenv("SUBLET_TEST_SECRET");
}

TEST_CASE("limits leave the room that was given") {
  Setting setting;
  setting.child.data = std::uint64_t{64} << 20;
  const auto takes = [&setting](std::size_t mebibytes) {
    return in_child(setting, [mebibytes](int) {
      void* memory = ::mmap(nullptr, mebibytes << 20, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (memory == MAP_FAILED) return errno == ENOMEM ? kRefused : kNotConfined;
      std::memset(memory, 1, mebibytes << 20);
      return kGotThrough;
    });
  };
  CHECK(takes(32).exited(kGotThrough));
  CHECK(takes(96).exited(kRefused));
}

TEST_CASE("committing reserved memory counts, too") {
  Setting setting;
  setting.child.data = std::uint64_t{64} << 20;
  CHECK(in_child(setting, [](int) {
          constexpr std::size_t kSize = std::size_t{96} << 20;
          void* memory =
              ::mmap(nullptr, kSize, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
          if (memory == MAP_FAILED) return kNotConfined;
          return ::mprotect(memory, kSize, PROT_READ | PROT_WRITE) == 0 ? kGotThrough : kRefused;
        }).exited(kRefused));
}

TEST_CASE("a stack without end and a crash leave no core") {
  const Fate fate = in_child({}, [](int) {
    ::raise(SIGSEGV);
    return 0;
  });
  CHECK((ended_by_filter(fate.status) || fate.ended_by(SIGSEGV)));
  CHECK_FALSE(WCOREDUMP(fate.status));
}

TEST_CASE("abort() ends the process as abort() does") {
  CHECK(in_child({}, [](int) -> int { std::abort(); }).ended_by(SIGABRT));
}

TEST_CASE("the socket works, and sees its other end close") {
  const Fate fate = in_child({}, [](int socket) {
    say(socket, "hello");
    return 0;
  });
  CHECK(fate.exited(0));
  CHECK(fate.said == "hello");
}

TEST_CASE("a child dies with its zygote") {
  // The child holds the socket: the test sees the end of it only once the child is gone.
  const Fate fate = in_zygote({}, [](Confinement& confinement, int socket) {
    std::array<int, 2> ready{};
    if (::pipe(ready.data()) != 0) return kNotConfined;
    const pid_t pid = ::fork();
    if (pid == 0) {
      ChildConfinement options;
      options.socket = socket;
      if (!confinement.confine_child(options)) ::_exit(kNotConfined);
      say(socket, "confined");
      for (;;) ::sched_yield();
    }
    ::close(ready[1]);
    char byte = 0;
    (void)!::read(ready[0], &byte, 1);  // the child has closed its end, in confine_child()
    return 0;
  });
  CHECK(fate.exited(0));
}

TEST_CASE("a child whose zygote died before is not confined but refused") {
  const Fate fate = in_zygote({}, [](Confinement& confinement, int socket) {
    const pid_t between = ::fork();
    if (between == 0) {
      // Not the zygote: its child is not one of the zygote's.
      const pid_t pid = ::fork();
      if (pid == 0) {
        ChildConfinement options;
        options.socket = socket;
        const bool confined = confinement.confine_child(options).has_value();
        ::_exit(confined ? kGotThrough : kRefused);
      }
      int status = 0;
      ::waitpid(pid, &status, 0);
      ::_exit(WEXITSTATUS(status));
    }
    int status = 0;
    ::waitpid(between, &status, 0);
    return WEXITSTATUS(status);
  });
  CHECK(fate.exited(kRefused));
}

TEST_CASE("descriptors that are not named are closed in the zygote") {
  const int extra = ::dup(1);
  REQUIRE(extra >= 0);
  CHECK(in_zygote({}, [extra](Confinement&, int) {
          struct stat about {};
          return ::fstat(extra, &about) == 0 || ::fstat(0, &about) == 0 ? kGotThrough : kRefused;
        }).exited(kRefused));
  ::close(extra);
}

TEST_CASE("what the host ignores, the zygote does not") {
  Setting setting;
  setting.before = [] { ::signal(SIGCHLD, SIG_IGN); };
  const Fate fate = in_child(setting, [](int) { return 7; });
  // With SIGCHLD ignored, the zygote's own wait for its child would have found nothing.
  CHECK(fate.said.empty());
  CHECK(fate.exited(7));
}

TEST_CASE("walls have names that can be read back") {
  const Walls walls{Wall::kNoCapabilities, Wall::kSyscallFilter};
  CHECK(walls.names() == "no_capabilities,syscall_filter");
  CHECK(Walls::parse("no_capabilities,something_new,syscall_filter") == walls);
  CHECK(Walls::parse("") == Walls());
  CHECK_FALSE(walls.has(Wall::kEmptyRoot));
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::sandbox

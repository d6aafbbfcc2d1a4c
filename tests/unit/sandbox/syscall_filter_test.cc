// SPDX-License-Identifier: Apache-2.0
#include "sandbox/syscall_filter.h"

#include <doctest/doctest.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <set>
#include <string>

#include "confined_process.h"
#include "sandbox/syscall_rules.h"

namespace sublet::sandbox {
namespace {

// The wait status of a process that does something under the filter.
int under_filter(const FilterOptions& options, const std::function<int()>& run) {
  SyscallFilter filter(options);
  const pid_t pid = ::fork();
  if (pid == 0) {
    forget_handlers();
    const bool ready =
        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && filter.install().has_value();
    ::_exit(ready ? run() : 99);
  }
  int status = -1;
  ::waitpid(pid, &status, 0);
  return status;
}

// 0 where the call failed with that errno.
int fails_with(int error, long result) { return result == -1 && errno == error ? 0 : 1; }

bool is_default(const SyscallRule& rule) {
  return rule.mode == RuleMode::kAlways || rule.mode == RuleMode::kJit ||
         rule.mode == RuleMode::kNoFork;
}

TEST_SUITE_BEGIN("syscall_filter");

TEST_CASE("every fatal call of the table is fatal") {
  for (const SyscallRule& rule : syscall_rules()) {
    if (rule.verdict != Verdict::kFatal) continue;
    CAPTURE(rule.name);
    CHECK(ended_by_filter(under_filter({}, [&] {
      ::syscall(rule.number, -1, 0, 0, 0, 0, 0);
      return 0;
    })));
  }
}

TEST_CASE("every refused call of the table fails with its error") {
  for (const SyscallRule& rule : syscall_rules()) {
    if (rule.verdict != Verdict::kFail) continue;
    CAPTURE(rule.name);
    CHECK(under_filter({}, [&] {
            return fails_with(rule.error, ::syscall(rule.number, -1, 0, 0, 0, 0, 0));
          }) == 0);
  }
}

TEST_CASE("every call that the table does not name is one that this kernel does not have") {
  std::set<long> named;
  for (const SyscallRule& rule : syscall_rules()) {
    if (is_default(rule)) named.insert(rule.number);
  }
#if defined(__x86_64__)
  // What the kernel's own probes of programs return by: it lets them pass, and faults for others.
  named.insert({335, 336});
#endif
  constexpr long kAllThereWillBe = 1024;
  CHECK(under_filter({}, [&] {
          int wrong = 0;
          for (long number = 0; number < kAllThereWillBe; ++number) {
            if (named.contains(number)) continue;
            wrong += fails_with(ENOSYS, ::syscall(number, -1, -1, -1, -1, -1, -1));
          }
          return wrong;
        }) == 0);
}

TEST_CASE("the table says everything once, and why") {
  for (const bool jitless : {false, true}) {
    for (const bool fork : {false, true}) {
      std::set<int> numbers;
      for (const SyscallRule& rule : syscall_rules()) {
        CHECK(std::string(rule.reason).size() > 3);
        const bool stands = rule.mode == RuleMode::kAlways ||
                            rule.mode == (jitless ? RuleMode::kJitless : RuleMode::kJit) ||
                            rule.mode == (fork ? RuleMode::kFork : RuleMode::kNoFork);
        CAPTURE(rule.name);
        if (stands) CHECK(numbers.insert(rule.number).second);
      }
    }
  }
}

TEST_CASE("calls of other interfaces are fatal") {
#if defined(__x86_64__)
  CHECK(ended_by_filter(
      under_filter({}, [] { return static_cast<int>(::syscall(0x40000000 | SYS_getpid)); })));
  // getpid() of the 32-bit interface.
  const int status = under_filter({}, [] {
    long result = 20;
    asm volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
    return 0;
  });
  // A kernel may be built without that interface: then it is a fault.
  CHECK(WIFSIGNALED(status));
#endif
}

TEST_CASE("memory becomes executable by mprotect, and not at all without the compiler") {
  const auto run = [](bool jitless) {
    return under_filter({jitless, false}, [] {
      void* page =
          ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (page == MAP_FAILED) return 2;
      return ::mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0 ? 1 : 0;
    });
  };
  CHECK(WEXITSTATUS(run(false)) == 1);
  CHECK(WEXITSTATUS(run(true)) == 0);
}

TEST_CASE("with fork allowed, a process forks, and takes the permission from what it forks") {
  const FilterOptions forking{false, true};
  CHECK(under_filter(forking, [] {
          SyscallFilter stricter(FilterOptions{});
          const pid_t pid = ::fork();
          if (pid == 0) {
            if (!stricter.install()) ::_exit(2);
            (void)::fork();
            ::_exit(1);
          }
          int status = 0;
          return ::waitpid(pid, &status, 0) == pid && ended_by_filter(status) ? 0 : 1;
        }) == 0);
  CHECK(ended_by_filter(under_filter(forking, [] {
    return static_cast<int>(::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0));
  })));
  CHECK(ended_by_filter(under_filter({}, [] { return static_cast<int>(::fork()); })));
}

TEST_CASE("no other filter can be put in its place") {
  CHECK(ended_by_filter(under_filter({}, [] {
    return static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, nullptr));
  })));
  CHECK(under_filter({}, [] {
          return fails_with(EPERM, ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT, 0, 0, 0));
        }) == 0);
}

TEST_CASE("signals other than abort()'s own are fatal to the sender") {
  CHECK(ended_by_filter(under_filter({}, [] { return ::raise(SIGTERM); })));
  CHECK(WTERMSIG(under_filter({}, [] { return ::raise(SIGABRT); })) == SIGABRT);
}

TEST_CASE("a filter needs no_new_privs or privileges") {
  if (::geteuid() == 0) return;
  SyscallFilter filter{FilterOptions{}};
  CHECK_FALSE(filter.install());
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::sandbox

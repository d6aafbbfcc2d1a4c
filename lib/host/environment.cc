// SPDX-License-Identifier: Apache-2.0
#include "host/environment.h"

#include <algorithm>
#include <csignal>
#include <utility>

namespace sublet {
inline namespace v1 {

std::string_view to_string(EnvironmentCheck::Status status) noexcept {
  switch (status) {
    case EnvironmentCheck::Status::kOk:
      return "ok";
    case EnvironmentCheck::Status::kDegraded:
      return "degraded";
    case EnvironmentCheck::Status::kFailed:
      return "failed";
  }
  return "failed";
}

std::vector<EnvironmentCheck> check_environment(const HostOptions& options) {
  return host::judge(host::find_facts(options));
}

}  // namespace v1
}  // namespace sublet

namespace sublet::host {
namespace {

using Status = EnvironmentCheck::Status;
using sandbox::Wall;

constexpr std::uint64_t kGibibyte = std::uint64_t{1} << 30;

std::string mebibytes(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

class Judge {
 public:
  explicit Judge(const EnvironmentFacts& facts) : facts_(facts) {}

  std::vector<EnvironmentCheck> take() {
    engine();
    helper();
    process();
    signals();
    limits();
    machine();
    return std::move(checks_);
  }

 private:
  void add(std::string name, Status status, std::string detail) {
    checks_.push_back({std::move(name), status, std::move(detail)});
  }
  void add_if(bool good, std::string name, std::string yes, std::string no,
              Status otherwise = Status::kDegraded) {
    add(std::move(name), good ? Status::kOk : otherwise, good ? std::move(yes) : std::move(no));
  }

  void engine() {
    engine_age();
    add_if(facts_.v8.sandbox, "v8_sandbox",
           "V8's own sandbox is built in: a fault in its heap stays in one area of memory",
           "V8's own sandbox is not built in: a fault in its heap reaches the whole process; use a "
           "V8 that was built with v8_enable_sandbox, or the sandboxed tier for code you do not "
           "trust");
    add("pointer_compression", Status::kOk,
        facts_.v8.pointer_compression ? "built in: heaps are smaller, and of at most 4 GiB each"
                                      : "not built in");
    add("jitless", Status::kOk,
        facts_.jitless ? "the just-in-time compiler is off"
                       : "the just-in-time compiler is on; HostOptions::jitless takes the part of "
                         "V8 away that is attacked most, and makes code about 2.5 times slower");
  }

  // V8 itself promises a few weeks. Longer is promised by who ships it: for the versions of Node.js
  // with long support, until these days.
  void engine_age() {
    using std::chrono::sys_days;
    using std::chrono::year;
    struct Support {
      int major;
      int minor;
      sys_days until;
    };
    const Support known[] = {{10, 2, year{2025} / 4 / 30},
                             {11, 3, year{2026} / 4 / 30},
                             {12, 4, year{2027} / 4 / 30},
                             {13, 6, year{2028} / 4 / 30}};
    const std::string version = "V8 " + facts_.engine_version;
    for (const Support& each : known) {
      if (each.major != facts_.v8.major || each.minor != facts_.v8.minor) continue;
      return add_if(facts_.today <= each.until, "v8",
                    version + " gets security fixes from Node.js for now",
                    version +
                        " is past its end of life: known faults of it are not fixed any "
                        "more; build with a newer V8, or run code you do not trust sandboxed");
    }
    add_if(facts_.v8.major >= 13, "v8",
           version + ": see to it that whoever ships it still fixes it",
           version + " is of no line that is still fixed");
  }

  void helper() {
    const HelperFacts& helper = facts_.helper;
    if (helper.path.empty()) {
      return add(
          "sandbox_helper", Status::kDegraded,
          "no sublet-sandbox was found: there is no sandboxed tier, and tenants that need it "
          "are refused; install it, or set HostOptions::sandbox_helper");
    }
    const std::string path = helper.path.string();
    if (!helper.check) {
      return add("sandbox_helper", Status::kFailed, path + ": " + helper.failure);
    }
    const sandbox::ConfinementCheck& check = *helper.check;
    if (check.version != facts_.library_version || check.engine != facts_.engine_version) {
      return add("sandbox_helper", Status::kFailed,
                 path + " is of version " + check.version + " with V8 " + check.engine +
                     ", and this library of " + facts_.library_version + " with V8 " +
                     facts_.engine_version + ": install both together");
    }
    add("sandbox_helper", Status::kOk, path);
    if (!check.failure.empty()) {
      return add("confinement", Status::kFailed,
                 "no process can be confined here: " + check.failure);
    }
    add("confinement", Status::kOk, "processes run confined: " + check.zygote.names());
    walls(check);
  }

  // What is beside the filter of system calls, which stands wherever processes can be confined.
  void walls(const sandbox::ConfinementCheck& check) {
    const auto has = [&check](Wall wall) {
      return check.zygote.has(wall) || check.child.has(wall);
    };
    const std::string second = "; the filter of system calls stands alone in this";
    add_if(has(Wall::kUserNamespace), "user_namespace", "each sandboxed process has its own",
           "not allowed here (a container's filter, or the kernel's settings "
           "kernel.unprivileged_userns_clone, user.max_user_namespaces, "
           "kernel.apparmor_restrict_unprivileged_userns)" +
               second);
    add_if(has(Wall::kNetworkNamespace), "network_namespace", "without interfaces",
           "not allowed here" + second);
    add_if(has(Wall::kEmptyRoot) || has(Wall::kFilesRefused), "no_files",
           has(Wall::kEmptyRoot) ? "the root folder is empty" : "Landlock refuses all files",
           "neither mount namespaces nor Landlock are allowed here" + second);
    add_if(has(Wall::kSignalsConfined), "signals_confined",
           "Landlock lets no signal out of a sandboxed process",
           "Landlock is missing or older than Linux 6.12" + second);
    add_if(has(Wall::kUnprivilegedUser), "unprivileged_user", "sandboxed processes are not root",
           "sandboxed processes keep the user number of root, without its capabilities: run the "
           "host as an ordinary user, or allow it CAP_SETUID and CAP_SETGID");
  }

  void process() {
    add_if(!facts_.root, "user", "the host is not root",
           "the host is root: a fault of V8 in this process is a fault of root's; run it as an "
           "ordinary user");
    add_if(!facts_.elevated, "elevated", "no privileges came with the program file",
           "the host is setuid or has capabilities from its file: tenants' code must not run in "
           "such a process");
    add_if(!facts_.preloaded, "preload", "nothing is preloaded",
           "LD_PRELOAD is set: what is preloaded runs in this process, and not in the sandboxed "
           "ones, which start with an empty environment");
    add_if(!facts_.forked, "fork", "V8 was not started before a fork",
           "this process was forked after V8 had started in its parent: no ExtensionHost can be "
           "made here; make it after the fork",
           Status::kFailed);
    add("no_new_privileges", Status::kOk, facts_.no_new_privileges ? "set" : "not set in the host");
    add("seccomp", Status::kOk,
        facts_.filtered ? "a filter of somebody else's is in force; the one of sandboxed processes "
                          "comes on top of it"
                        : "the host is under no filter");
  }

  void signals() {
    const auto in = [](std::uint64_t set, int signal) { return (set >> (signal - 1) & 1) != 0; };
    std::string handled;
    const std::pair<int, const char*> faults[] = {{SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"},
                                                  {SIGILL, "SIGILL"},   {SIGFPE, "SIGFPE"},
                                                  {SIGTRAP, "SIGTRAP"}, {SIGABRT, "SIGABRT"}};
    for (const auto& [signal, name] : faults) {
      if (in(facts_.handled_signals, signal))
        handled += (handled.empty() ? "" : ", ") + std::string(name);
    }
    add("fault_handlers", Status::kOk,
        handled.empty() ? "none"
                        : handled +
                              " handled by the host: they must not return into V8, must run "
                              "on a stack of their own (SA_ONSTACK), and must not end the "
                              "thread");
    add("sigchld", Status::kOk,
        in(facts_.ignored_signals, SIGCHLD)
            ? "ignored by the host; Sublet does not need it"
            : "the helper is a child of the host as any other; Sublet needs neither the signal nor "
              "to be the one who waits for it");
  }

  void limits() {
    if (facts_.address_space) {
      // V8 reserves far more than it uses: code ranges of 128 MiB, and cages of 4 GiB to 1 TiB.
      constexpr std::uint64_t kNeeded = 4 * kGibibyte;
      const std::uint64_t left =
          *facts_.address_space - std::min(*facts_.address_space, facts_.address_space_used);
      const bool caged = facts_.v8.pointer_compression || facts_.v8.sandbox;
      const std::string text = "RLIMIT_AS leaves " + mebibytes(left) + " of addresses, used or not";
      const Status status = left < kNeeded || caged ? Status::kFailed : Status::kDegraded;
      add("address_space", status,
          text +
              ", and V8 reserves far more than it uses (128 MiB of code range an isolate at "
              "least): where it gets no more it ends the process; limit memory by a control "
              "group instead");
    } else {
      add("address_space", Status::kOk, "RLIMIT_AS is not set");
    }
    add_if(!facts_.data, "data", "RLIMIT_DATA is not set",
           "RLIMIT_DATA is set: V8 ends the process where it gets no more memory, and sandboxed "
           "processes inherit it; limit memory by a control group instead");
    at_least("processes", "RLIMIT_NPROC", facts_.processes, 256,
             "every sandboxed tenant is a process");
    at_least("descriptors", "RLIMIT_NOFILE", facts_.descriptors, 4096,
             "every sandboxed tenant takes three descriptors of the host");
    at_least("stack", "RLIMIT_STACK", facts_.stack, std::uint64_t{1} << 20,
             "threads of Sublet's have stacks of their own, sandboxed processes need 1 MiB");
  }

  void at_least(const char* name, const std::string& limit, std::optional<std::uint64_t> value,
                std::uint64_t least, const std::string& why) {
    const std::string found = limit + " is " + (value ? std::to_string(*value) : "not set");
    add_if(!value || *value >= least, name, found,
           found + "; less than " + std::to_string(least) + ": " + why);
  }

  void machine() {
    if (facts_.memory) {
      add_if(*facts_.memory >= kGibibyte, "memory",
             mebibytes(*facts_.memory) + " for this process, of machine and control groups",
             mebibytes(*facts_.memory) +
                 " for this process, of machine and control groups: room "
                 "for few tenants");
    }
    add_if(!facts_.cgroup.empty() && facts_.cgroup_refusal.empty(), "control_group",
           facts_.cgroup + " can have groups for sandboxed processes",
           facts_.cgroup.empty() ? "no group of version 2: sandboxed processes have their own "
                                   "limits, and none together"
                                 : facts_.cgroup + ": " + facts_.cgroup_refusal +
                                       ": sandboxed processes have their own limits, and none "
                                       "together (systemd: Delegate=yes)");
    add_if(facts_.overcommit != "2", "overcommit", "memory is promised before it is used",
           "vm.overcommit_memory is 2: forking sandboxed processes takes promises of memory that "
           "nobody uses, and fails early; set it to 0 or 1");
    add_if(facts_.huge_pages.find("[always]") == std::string::npos, "huge_pages",
           "only where a program asks for them",
           "transparent huge pages are always used: an idle sandboxed process can cost 2 MiB where "
           "it would cost 4 KiB; set transparent_hugepage to madvise");
    add("trace_scope", Status::kOk,
        facts_.trace_scope.empty() || facts_.trace_scope == "0"
            ? "processes of the same user may trace the host; sandboxed ones may not"
            : "kernel.yama.ptrace_scope is " + facts_.trace_scope);
  }

  const EnvironmentFacts& facts_;
  std::vector<EnvironmentCheck> checks_;
};

}  // namespace

std::vector<EnvironmentCheck> judge(const EnvironmentFacts& facts) { return Judge(facts).take(); }

}  // namespace sublet::host

// SPDX-License-Identifier: Apache-2.0
#include "sandbox/confinement.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <csignal>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "sandbox/landlock.h"
#include "sandbox/namespaces.h"

namespace sublet::sandbox {
namespace {

Error unavailable(std::string_view what) {
  return Error{ErrorCode::kUnavailable, "a sandboxed process could not be confined (" +
                                            std::string(what) +
                                            "): " + std::generic_category().message(errno)};
}

bool close_range(unsigned first, unsigned last) {
  if (first > last) return true;
#if defined(SYS_close_range)
  if (::syscall(SYS_close_range, first, last, 0) == 0) return true;
  if (errno != ENOSYS && errno != EPERM) return false;
#endif
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  const auto most = static_cast<unsigned>(std::min<rlim_t>(limit.rlim_max, 1u << 20));
  for (unsigned fd = first; fd <= std::min(last, most); ++fd) (void)::close(static_cast<int>(fd));
  return true;
}

bool close_all_but(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned next = 0;
  for (const int fd : kept) {
    if (fd < 0) continue;
    const auto number = static_cast<unsigned>(fd);
    if (number > next && !close_range(next, number - 1)) return false;
    next = number + 1;
  }
  return close_range(next, UINT_MAX);
}

// The texts are in the process's memory whether or not anything points to them.
void wipe_environment() {
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    ::explicit_bzero(*entry, std::strlen(*entry));
  }
  ::clearenv();
}

// What the host ignores, a new program ignores too: among them the end of its children.
void stop_ignoring_signals() {
  for (int signal = 1; signal < NSIG; ++signal) {
    struct sigaction action {};
    if (signal == SIGPIPE || ::sigaction(signal, nullptr, &action) != 0) continue;
    if (action.sa_handler == SIG_IGN) (void)::signal(signal, SIG_DFL);
  }
}

// Giving up privileges clears both settings, so they come after it.
bool end_with(pid_t parent) {
  return ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && ::getppid() == parent;
}
bool forbid_dumps() {
  const rlimit none{0, 0};
  return ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && ::setrlimit(RLIMIT_CORE, &none) == 0;
}

struct MemoryUse {
  std::uint64_t address_space = 0;
  std::uint64_t data = 0;
};

// The first number of /proc/self/statm is the size of everything, the sixth that of private
// writable memory and stack, in pages.
bool read_memory(int statm, MemoryUse& use) {
  char text[128];
  const ssize_t size = ::pread(statm, text, sizeof text, 0);
  if (size <= 0) return false;
  std::array<std::uint64_t, 6> pages{};
  const char* next = text;
  for (std::uint64_t& number : pages) {
    while (next < text + size && *next == ' ') ++next;
    const auto read = std::from_chars(next, text + size, number);
    if (read.ec != std::errc()) return false;
    next = read.ptr;
  }
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  use = {pages[0] * page, pages[5] * page};
  return true;
}

// Never above what the process has already: that cannot be had without privileges.
bool limit(__rlimit_resource resource, std::uint64_t value) {
  rlimit present{};
  if (::getrlimit(resource, &present) != 0) return false;
  const rlim_t most = std::min<rlim_t>(value, present.rlim_max);
  const rlimit wanted{most, most};
  return ::setrlimit(resource, &wanted) == 0;
}

bool limit_resources(const ChildConfinement& options, const FilterOptions& filter,
                     const MemoryUse& use) {
  if (options.address_space != 0 && !limit(RLIMIT_AS, use.address_space + options.address_space)) {
    return false;
  }
  if (options.data != 0 && !limit(RLIMIT_DATA, use.data + options.data)) return false;
  if (options.cpu_seconds != 0 && !limit(RLIMIT_CPU, options.cpu_seconds)) return false;
  if (!filter.allow_fork && !limit(RLIMIT_NPROC, 0)) return false;
  // The socket takes the last number that there is.
  return limit(RLIMIT_STACK, options.stack) &&
         limit(RLIMIT_NOFILE, static_cast<std::uint64_t>(options.socket) + 1) &&
         limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_MEMLOCK, 0) && limit(RLIMIT_MSGQUEUE, 0) &&
         limit(RLIMIT_RTPRIO, 0) && limit(RLIMIT_NICE, 0);
}

}  // namespace

Confinement::Confinement(const FilterOptions& filter, base::UniqueFd memory, Walls walls,
                         bool landlock)
    : filter_(filter),
      memory_(std::move(memory)),
      zygote_(::getpid()),
      walls_(walls),
      landlock_(landlock) {}

Result<Confinement> Confinement::of_zygote(const ZygoteConfinement& options) {
  const pid_t parent = ::getppid();
  if (!syscall_filter_available()) return unavailable("filters of system calls");
  base::UniqueFd memory(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  if (!memory) return unavailable("/proc/self/statm");
  std::vector<int> kept(options.descriptors.begin(), options.descriptors.end());
  kept.push_back(memory.get());
  if (!close_all_but(std::move(kept))) return unavailable("descriptors");
  wipe_environment();
  stop_ignoring_signals();
  // The terminal's signals are the host's; fails where the process leads a session already.
  (void)::setsid();
  ::umask(0777);
  Walls walls{Wall::kNoDescriptors, Wall::kNoEnvironment};
  walls.add(leave_the_system(options.unprivileged_id, options.namespaces));
  if (::chdir("/") != 0) return unavailable("the root folder");
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return unavailable("no_new_privs");
  walls.add(Wall::kNoNewPrivileges);
  if (options.landlock) walls.add(enter_landlock());
  if (!drop_capabilities()) return unavailable("capabilities");
  walls.add(Wall::kNoCapabilities);
  if (!forbid_dumps()) return unavailable("core dumps");
  walls.add(Wall::kNotDumpable);
  if (options.dies_with_parent) {
    if (!end_with(parent)) return unavailable("the end of the host");
    walls.add(Wall::kDiesWithParent);
  }
  return Confinement(options.filter, std::move(memory), walls, options.landlock);
}

Result<Walls> Confinement::confine_child(const ChildConfinement& options) {
  MemoryUse use;
  if (!read_memory(memory_.get(), use)) return unavailable("its memory");
  memory_ = base::UniqueFd();
  if (!close_all_but({options.socket})) return unavailable("descriptors");
  Walls walls{Wall::kNoDescriptors};
  if (walls_.has(Wall::kUserNamespace) && options.own_user_namespace) {
    const int network = options.own_network_namespace ? CLONE_NEWNET : 0;
    const bool both = network != 0 && ::unshare(CLONE_NEWUSER | network) == 0;
    walls.add_if(both, Wall::kNetworkNamespace);
    walls.add_if(both || ::unshare(CLONE_NEWUSER) == 0, Wall::kUserNamespace);
  }
  if (landlock_) walls.add(enter_landlock());
  if (!drop_capabilities()) return unavailable("capabilities");
  if (!limit_resources(options, filter_.options(), use)) return unavailable("limits");
  if (!forbid_dumps()) return unavailable("core dumps");
  if (!end_with(zygote_)) return unavailable("the end of the zygote");
  walls.add(
      {Wall::kNoCapabilities, Wall::kResourceLimits, Wall::kNotDumpable, Wall::kDiesWithParent});
  const Result<void> installed = filter_.install();
  if (!installed) return installed.error();
  walls.add(Wall::kSyscallFilter);
  return walls;
}

}  // namespace sublet::sandbox

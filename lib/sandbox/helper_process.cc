// SPDX-License-Identifier: Apache-2.0
#include "sandbox/helper_process.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "sandbox/control.h"

namespace sublet::sandbox {
namespace {

constexpr std::size_t kStack = std::size_t{64} << 10;

// What the new processes do between clone and exec: in the host's memory, so nothing but system
// calls.
struct Launch {
  const char* executable = nullptr;
  char* const* arguments = nullptr;
  int control = -1;
  void* stack = nullptr;  // of the second process
  int process = -1;       // its pidfd, in the host's table
  int error = 0;
};

// The helper to be.
int become_helper(void* argument) {
  auto* self = static_cast<Launch*>(argument);
  static char* const kNoEnvironment[] = {nullptr};
  // dup2() onto itself would keep the close-on-exec flag.
  const bool placed = self->control == kControlFd ? ::fcntl(kControlFd, F_SETFD, 0) == 0
                                                  : ::dup2(self->control, kControlFd) == kControlFd;
  if (placed) ::execve(self->executable, self->arguments, kNoEnvironment);
  self->error = errno;
  ::_exit(127);
}

// The process between: it ends at once, so that the helper is nobody's child.
int start_helper(void* argument) {
  auto* self = static_cast<Launch*>(argument);
  constexpr int kFlags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
  const pid_t pid = ::clone(become_helper, static_cast<char*>(self->stack) + kStack, kFlags, self,
                            &self->process);
  if (pid < 0) self->error = errno;
  ::_exit(0);
}

// Twice vfork() and exec. The first child raises no signal when it ends and is found by no wait but
// one that asks for such; exec would make it an ordinary child.
bool start_unnoticed(Launch& what) {
  void* stacks = ::mmap(nullptr, 2 * kStack, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stacks == MAP_FAILED) {
    what.error = errno;
    return false;
  }
  what.stack = static_cast<char*>(stacks) + kStack;
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  // A handler of the host's must not run on the borrowed memory.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  // The table of descriptors is shared, so that the pidfd is the host's.
  constexpr int kFlags = CLONE_VM | CLONE_VFORK | CLONE_FILES;
  const pid_t between = ::clone(start_helper, what.stack, kFlags, &what);
  if (between < 0) what.error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  while (between > 0 && ::waitpid(between, nullptr, __WALL) < 0 && errno == EINTR) {
  }
  ::munmap(stacks, 2 * kStack);
  return what.error == 0;
}

std::filesystem::path own_folder() {
  Dl_info info{};
  static const char kHere = 0;
  if (::dladdr(&kHere, &info) == 0 || info.dli_fname == nullptr) return {};
  std::error_code error;
  const auto file = std::filesystem::canonical(info.dli_fname, error);
  return error ? std::filesystem::path() : file.parent_path();
}

bool is_executable(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

Result<HelperProcess> HelperProcess::start(const std::filesystem::path& executable,
                                           const std::vector<std::string>& arguments, int control) {
  std::vector<char*> pointers;
  pointers.push_back(const_cast<char*>(executable.c_str()));
  for (const std::string& argument : arguments) {
    pointers.push_back(const_cast<char*>(argument.c_str()));
  }
  pointers.push_back(nullptr);
  Launch what;
  what.executable = executable.c_str();
  what.arguments = pointers.data();
  what.control = control;
  const bool started = start_unnoticed(what);
  base::UniqueFd process(what.process);
  if (started && process) return HelperProcess(std::move(process));
  return Error{ErrorCode::kUnavailable,
               "the sandbox helper " + executable.string() + " could not be started: " +
                   std::error_code(what.error, std::generic_category()).message()};
}

HelperProcess::HelperProcess(base::UniqueFd process)
    : process_(std::move(process)), owner_(::getpid()) {}

HelperProcess::HelperProcess(HelperProcess&& other) noexcept = default;

HelperProcess& HelperProcess::operator=(HelperProcess&& other) noexcept {
  if (this == &other) return *this;
  end();
  process_ = std::move(other.process_);
  owner_ = other.owner_;
  return *this;
}

HelperProcess::~HelperProcess() { end(); }

void HelperProcess::end() noexcept {
  if (!process_ || owner_ != ::getpid()) return;
  constexpr int kPatience = 1000;  // milliseconds
  pollfd ended{process_.get(), POLLIN, 0};
  if (::poll(&ended, 1, kPatience) > 0) return;
  (void)::syscall(SYS_pidfd_send_signal, process_.get(), SIGKILL, nullptr, 0);
}

std::filesystem::path find_helper(const std::filesystem::path& given) {
  if (!given.empty()) return is_executable(given) ? given : std::filesystem::path();
  const std::filesystem::path folder = own_folder();
  if (folder.empty()) return {};
  constexpr const char* kName = "sublet-sandbox";
  for (const auto& candidate :
       {folder / kName, folder / "sandbox" / kName, folder / ".." / "libexec" / "sublet" / kName,
        folder / ".." / ".." / "libexec" / "sublet" / kName,
        std::filesystem::path(SUBLET_HELPER_PATH)}) {
    if (is_executable(candidate)) return candidate.lexically_normal();
  }
  return {};
}

}  // namespace sublet::sandbox

// SPDX-License-Identifier: Apache-2.0
#include "sandbox/helper_process.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <system_error>
#include <utility>

#include "sandbox/control.h"

namespace sublet::sandbox {
namespace {

constexpr std::size_t kStack = std::size_t{64} << 10;

// What the new process does between clone and exec: in the host's memory, so nothing but system
// calls.
struct Launch {
  const char* executable = nullptr;
  char* const* arguments = nullptr;
  int control = -1;
  int error = 0;
};

int launch(void* argument) {
  auto* self = static_cast<Launch*>(argument);
  static char* const kNoEnvironment[] = {nullptr};
  // dup2() onto itself would keep the close-on-exec flag.
  const bool placed = self->control == kControlFd ? ::fcntl(kControlFd, F_SETFD, 0) == 0
                                                  : ::dup2(self->control, kControlFd) == kControlFd;
  if (placed) ::execve(self->executable, self->arguments, kNoEnvironment);
  self->error = errno;
  ::_exit(127);
}

// As vfork() and exec, but the child's end raises no signal: a host that waits for any child, or
// handles SIGCHLD, never meets it.
pid_t start_unnoticed(Launch& what) {
  void* stack = ::mmap(nullptr, kStack, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) {
    what.error = errno;
    return -1;
  }
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  // A handler of the host's must not run on the borrowed memory.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid =
      ::clone(launch, static_cast<char*>(stack) + kStack, CLONE_VM | CLONE_VFORK, &what);
  if (pid < 0) what.error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::munmap(stack, kStack);
  return pid;
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
  const pid_t pid = start_unnoticed(what);
  if (what.error == 0) return HelperProcess(pid);
  if (pid > 0) ::waitpid(pid, nullptr, __WALL);
  return Error{ErrorCode::kUnavailable,
               "the sandbox helper " + executable.string() + " could not be started: " +
                   std::error_code(what.error, std::generic_category()).message()};
}

HelperProcess::HelperProcess(pid_t pid) : pid_(pid), owner_(::getpid()) {}

HelperProcess::HelperProcess(HelperProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), owner_(other.owner_) {}

HelperProcess& HelperProcess::operator=(HelperProcess&& other) noexcept {
  if (this == &other) return *this;
  end();
  pid_ = std::exchange(other.pid_, -1);
  owner_ = other.owner_;
  return *this;
}

HelperProcess::~HelperProcess() { end(); }

void HelperProcess::end() noexcept {
  if (pid_ <= 0 || owner_ != ::getpid()) return;
  constexpr int kTries = 500;
  constexpr timespec kPause{0, 2'000'000};
  int tries = 0;
  while (::waitpid(pid_, nullptr, WNOHANG | __WALL) == 0) {
    if (tries++ == kTries) ::kill(pid_, SIGKILL);
    ::nanosleep(&kPause, nullptr);
  }
  pid_ = -1;
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

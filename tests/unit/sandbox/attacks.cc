// SPDX-License-Identifier: Apache-2.0
#include "attacks.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace sublet::sandbox {
namespace {

bool opens(const char* path, int flags = O_RDONLY) {
  return ::syscall(SYS_openat, AT_FDCWD, path, flags, 0600) >= 0;
}

bool connects(int family, int type) {
  const int fd = ::socket(family, type, 0);
  if (fd < 0) return false;
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(22);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (type != SOCK_STREAM || family == AF_UNIX) return true;
  // An answer that nobody listens is an answer.
  return ::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0 || errno == ECONNREFUSED;
}

bool connects_to_abstract_socket() {
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM, 0);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, "\0sublet", 7);
  return fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0;
}

bool raises(__rlimit_resource resource) {
  const rlimit more{rlim_t{1} << 40, rlim_t{1} << 40};
  return ::setrlimit(resource, &more) == 0;
}

bool maps(std::size_t size, int protection, int flags) {
  return ::mmap(nullptr, size, protection, flags, -1, 0) != MAP_FAILED;
}

bool finds_environment() {
  return ::getenv("PATH") != nullptr || (environ != nullptr && *environ != nullptr);
}

bool finds_descriptor() {
  constexpr int kMost = 4096;
  int found = 0;
  for (int fd = 0; fd < kMost; ++fd) {
    char byte = 0;
    iovec none{&byte, 0};
    found += ::writev(fd, &none, 1) >= 0 ? 1 : 0;
  }
  return found > 1;  // the socket
}

bool reads_parent() {
  char here = 0;
  iovec local{&here, 1};
  iovec remote{&here, 1};
  return ::process_vm_readv(::getppid(), &local, 1, &remote, 1, 0) == 1;
}

bool reads_another_clock() {
  timespec now{};
  // The CPU clock of process 1, as clock_getcpuclockid() numbers it.
  return ::syscall(SYS_clock_gettime, static_cast<clockid_t>(~1u << 3 | 2u), &now) == 0;
}

bool forks() {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(0);
  return pid > 0;
}

bool forks_as_raw_call() {
#if defined(__x86_64__)
  const long pid = ::syscall(SYS_vfork);
  if (pid == 0) ::_exit(0);
  return pid > 0;
#else
  return false;
#endif
}

bool makes_shared_memory() {
  const int id = ::shmget(IPC_PRIVATE, 4096, 0600);
  return id >= 0 && ::shmctl(id, IPC_RMID, nullptr) == 0;
}

bool makes_thread() {
  static char stack[4096];
  constexpr int kThread = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
  return ::clone([](void*) { return 0; }, stack + sizeof stack, kThread, nullptr) > 0;
}

}  // namespace

std::vector<Attack> attacks() {
  return {
      {"reads /etc/passwd", [] { return opens("/etc/passwd"); }, true},
      {"reads the environment through /proc", [] { return opens("/proc/self/environ"); }, true},
      {"reads the host's environment", [] { return opens("/proc/1/environ"); }},
      {"opens its own memory", [] { return opens("/proc/self/mem", O_RDWR); }},
      {"lists processes", [] { return opens("/proc", O_RDONLY | O_DIRECTORY); }, true},
      {"lists the root folder", [] { return opens("/", O_RDONLY | O_DIRECTORY); }, true},
      {"writes a file", [] { return opens("/tmp/sublet-attack", O_CREAT | O_WRONLY); }},
      {"makes a folder", [] { return ::mkdir("/tmp/sublet-attack", 0700) == 0; }},
      {"makes a file in memory", [] { return ::memfd_create("x", 0) >= 0; }, true},
      {"finds another descriptor", finds_descriptor, true},
      {"finds the environment", finds_environment, true},
      {"makes a TCP socket and connects to this machine",
       [] { return connects(AF_INET, SOCK_STREAM); }, true},
      {"makes a UDP socket", [] { return connects(AF_INET, SOCK_DGRAM); }, true},
      {"makes a UNIX socket", [] { return connects(AF_UNIX, SOCK_STREAM); }, true},
      {"takes an abstract name", connects_to_abstract_socket, true},
      {"forks", forks, true},
      {"forks past the C library", forks_as_raw_call},
      {"makes a thread", makes_thread},
      {"runs a program", [] { return ::execl("/bin/false", "false", nullptr) == 0; }, true},
      {"traces its parent", [] { return ::ptrace(PTRACE_ATTACH, ::getppid(), 0, 0) == 0; }},
      {"reads its parent's memory", reads_parent},
      {"signals its parent", [] { return ::kill(::getppid(), 0) == 0; }, true},
      {"signals everybody", [] { return ::kill(-1, 0) == 0; }},
      {"signals a thread of its parent",
       [] { return ::syscall(SYS_tgkill, ::getppid(), ::getppid(), SIGABRT) == 0; }},
      {"makes shared memory", makes_shared_memory, true},
      {"maps shared memory",
       [] { return maps(4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS); }, true},
      {"maps executable memory",
       [] { return maps(4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS); }, true},
      {"takes 2 GiB",
       [] {
         return maps(std::size_t{2} << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
       }},
      {"takes 2 GiB as a stack",
       [] {
         return maps(std::size_t{2} << 30, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN);
       }},
      {"reserves 64 GiB",
       [] { return maps(std::size_t{64} << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS); }},
      {"takes 2 GiB of malloc", [] { return std::malloc(std::size_t{2} << 30) != nullptr; }},
      {"raises the limit of memory", [] { return raises(RLIMIT_DATA); }},
      {"raises the limit of processes", [] { return raises(RLIMIT_NPROC); }},
      {"allows core dumps", [] { return raises(RLIMIT_CORE); }},
      {"makes itself dumpable", [] { return ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0; }, true},
      {"outlives its parent", [] { return ::prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) == 0; }, true},
      {"merges pages", [] { return ::madvise(nullptr, 0, MADV_MERGEABLE) == 0; }},
      {"reads another process's clock", reads_another_clock, true},
      {"becomes root", [] { return ::setuid(0) == 0; }},
      {"enters a user namespace", [] { return ::unshare(CLONE_NEWUSER) == 0; }},
      {"mounts", [] { return ::mount("none", "/", "tmpfs", 0, nullptr) == 0; }},
      {"makes an io_uring",
       [] {
         char p[256] = {};
         return ::syscall(SYS_io_uring_setup, 1, p) >= 0;
       }},
      {"opens a counter",
       [] {
         perf_event_attr a{};
         return ::syscall(SYS_perf_event_open, &a, 0, -1, -1, 0) >= 0;
       }},
      {"loads a program into the kernel", [] { return ::syscall(SYS_bpf, 0, nullptr, 0) >= 0; }},
      {"handles page faults", [] { return ::syscall(SYS_userfaultfd, 0) >= 0; }},
      {"asks for keys", [] { return ::syscall(SYS_keyctl, 0, 0, 0, 0, 0) >= 0; }},
  };
}

}  // namespace sublet::sandbox

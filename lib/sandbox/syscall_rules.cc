// SPDX-License-Identifier: Apache-2.0
#include "sandbox/syscall_rules.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>

#include <cerrno>
#include <csignal>

namespace sublet::sandbox {
namespace {

#if defined(__x86_64__) && !defined(__ILP32__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
// Numbers from here on are the x32 interface's, which reaches the same calls past the table.
constexpr std::uint32_t kForeignNumbers = 0x40000000;
#elif defined(__aarch64__) && defined(__LP64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
constexpr std::uint32_t kForeignNumbers = 0;
#else
constexpr std::uint32_t kArchitecture = 0;
constexpr std::uint32_t kForeignNumbers = 0;
#endif

// Of newer headers than some that this builds with.
constexpr std::uint32_t kSetVma = 0x53564d41;

constexpr Verdict kAllow = Verdict::kAllow;
constexpr Verdict kFail = Verdict::kFail;
constexpr Verdict kFatal = Verdict::kFatal;

constexpr Condition masked(int argument, std::uint32_t mask, std::uint32_t value) {
  return {Condition::Kind::kMaskedEqual, static_cast<std::uint8_t>(argument), mask, value};
}
constexpr Condition at_most(int argument, std::uint32_t value) {
  return {Condition::Kind::kAtMost, static_cast<std::uint8_t>(argument), 0, value};
}
constexpr Condition own_process(int argument) {
  return {Condition::Kind::kOwnProcess, static_cast<std::uint8_t>(argument), 0, 0};
}
constexpr Condition other_than(int argument, std::uint32_t value) {
  return {Condition::Kind::kOtherThan, static_cast<std::uint8_t>(argument), 0, value};
}

constexpr Condition kNotExecutable = masked(2, PROT_EXEC, 0);
// Private and anonymous: files and shared memory stay out, and so does what RLIMIT_DATA does not
// count (shared anonymous memory, stacks that grow).
constexpr Condition kPrivateMemory =
    masked(3, MAP_TYPE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_LOCKED | MAP_HUGETLB,
           MAP_PRIVATE | MAP_ANONYMOUS);
// The flags of glibc's fork(), and no others: no namespaces, no threads, no shared memory.
constexpr Condition kPlainFork =
    masked(0, 0xffffffff, CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD);

#define SUBLET_RULE(call) __NR_##call, #call
constexpr SyscallRule kRules[] = {
    // -- the socket --------------------------------------------------------------------------
    // No condition on the descriptor: the socket is the only one there is, and none can be made.
    {SUBLET_RULE(read), kAllow, "requests"},
    {SUBLET_RULE(write), kAllow, "answers; V8's last words to a closed stderr"},
    // No messages with descriptors, and none out of band: both have led into kernels before.
    {SUBLET_RULE(recvfrom), kAllow, "requests: recv()", EINVAL, RuleMode::kAlways,
     masked(3, MSG_OOB, 0)},
    {SUBLET_RULE(sendto), kAllow, "answers: send() without SIGPIPE", EINVAL, RuleMode::kAlways,
     masked(3, MSG_OOB, 0)},
    {SUBLET_RULE(ppoll), kAllow, "waiting for the host with a limit"},
    {SUBLET_RULE(close), kAllow, "giving up the socket"},
    // -- memory ------------------------------------------------------------------------------
    {SUBLET_RULE(mmap), kAllow, "heaps; V8 makes code executable by mprotect", EACCES,
     RuleMode::kAlways, kNotExecutable, kPrivateMemory},
    {SUBLET_RULE(mprotect), kAllow, "committing memory; code of the just-in-time compiler", 0,
     RuleMode::kJit},
    {SUBLET_RULE(mprotect), kAllow, "committing memory; no code without the compiler", EACCES,
     RuleMode::kJitless, kNotExecutable},
    {SUBLET_RULE(pkey_mprotect), kAllow, "V8 11 and later on processors with protection keys", 0,
     RuleMode::kJit},
    {SUBLET_RULE(munmap), kAllow, "giving memory back"},
    {SUBLET_RULE(mremap), kAllow, "realloc() of large blocks"},
    {SUBLET_RULE(madvise), kAllow,
     "giving pages back; no merging of equal pages, whose timing tells "
     "what others hold",
     EINVAL, RuleMode::kAlways, other_than(2, MADV_MERGEABLE)},
    {SUBLET_RULE(brk), kAllow, "malloc()"},
    {SUBLET_RULE(prctl), kAllow, "names for memory areas", EPERM, RuleMode::kNoFork,
     masked(0, 0xffffffff, kSetVma)},
    // -- time, random numbers, the process itself --------------------------------------------
    {SUBLET_RULE(clock_gettime), kAllow, "Date and CPU time; not the clocks of other processes",
     EINVAL, RuleMode::kAlways, at_most(0, CLOCK_TAI)},
    {SUBLET_RULE(clock_getres), kAllow, "V8 asks once", EINVAL, RuleMode::kAlways,
     at_most(0, CLOCK_TAI)},
    {SUBLET_RULE(gettimeofday), kAllow, "Date where the clock is not mapped"},
    {SUBLET_RULE(clock_nanosleep), kAllow, "V8's locks back off"},
    {SUBLET_RULE(nanosleep), kAllow, "V8's locks back off"},
    {SUBLET_RULE(sched_yield), kAllow, "V8's locks back off"},
    {SUBLET_RULE(futex), kAllow, "locks and condition variables"},
    {SUBLET_RULE(getrandom), kAllow, "seeds"},
    {SUBLET_RULE(getpid), kAllow, "abort(), ICU"},
    {SUBLET_RULE(gettid), kAllow, "abort(), V8's thread ids"},
    {SUBLET_RULE(getrusage), kAllow, "V8's own CPU time"},
    {SUBLET_RULE(sched_getaffinity), kAllow, "the number of processors"},
    {SUBLET_RULE(prlimit64), kAllow, "where the stack ends; limits can only be lowered", EPERM,
     RuleMode::kAlways, masked(0, 0xffffffff, 0)},
    {SUBLET_RULE(rt_sigaction), kAllow, "abort()"},
    {SUBLET_RULE(rt_sigprocmask), kAllow, "abort(), fork(), threads' starts and ends"},
    {SUBLET_RULE(rt_sigreturn), kAllow, "the end of every signal handler"},
    {SUBLET_RULE(sigaltstack), kAllow, "signal handlers"},
    {SUBLET_RULE(restart_syscall), kAllow, "waits that a stop interrupted"},
    {SUBLET_RULE(tgkill), kAllow, "abort(), so that V8's fatal errors end as SIGABRT", 0,
     RuleMode::kAlways, own_process(0), masked(2, 0xffffffff, SIGABRT), true},
    {SUBLET_RULE(exit), kAllow, "the end"},
    {SUBLET_RULE(exit_group), kAllow, "the end"},
    // -- fork, where the process forks itself for each invocation ----------------------------
    {SUBLET_RULE(clone),
     kAllow,
     "fork() and nothing else",
     0,
     RuleMode::kFork,
     kPlainFork,
     {},
     true},
    {SUBLET_RULE(set_robust_list), kAllow, "fork()", 0, RuleMode::kFork},
    {SUBLET_RULE(wait4), kAllow, "the child's end", 0, RuleMode::kFork},
    {SUBLET_RULE(seccomp), kAllow, "the child's own filter, on top of this one", EPERM,
     RuleMode::kFork, masked(0, 0xffffffff, SECCOMP_SET_MODE_FILTER), masked(1, 0xffffffff, 0)},
    {SUBLET_RULE(prctl), kAllow, "the child dies with its parent", EPERM, RuleMode::kFork,
     masked(0, 0xffffffff, PR_SET_PDEATHSIG)},
    {SUBLET_RULE(clone), kFatal, "threads, processes, namespaces", 0, RuleMode::kNoFork},
    {SUBLET_RULE(seccomp), kFatal, "filters", 0, RuleMode::kNoFork},
    // -- tried without need: the answer is that there is nothing -----------------------------
    {SUBLET_RULE(openat), kFail, "time zones, /dev/urandom, /proc/self/maps", ENOENT},
    {SUBLET_RULE(newfstatat), kFail, "ICU's and stdio's look at files", ENOENT},
    {SUBLET_RULE(statx), kFail, "the same", ENOENT},
    {SUBLET_RULE(faccessat), kFail, "the same", ENOENT},
    {SUBLET_RULE(readlinkat), kFail, "the time zone's name", ENOENT},
    {SUBLET_RULE(getcwd), kFail, "ICU's data folder", ENOENT},
    {SUBLET_RULE(ioctl), kFail, "stdio asks whether it writes to a terminal", ENOTTY},
    {SUBLET_RULE(fcntl), kFail, "stdio asks for modes", EBADF},
    {SUBLET_RULE(lseek), kFail, "stdio", ESPIPE},
    {SUBLET_RULE(sysinfo), kFail, "qsort() asks for the machine's memory", EPERM},
#if defined(__x86_64__)
    {SUBLET_RULE(open), kFail, "as openat", ENOENT},
    {SUBLET_RULE(stat), kFail, "as newfstatat", ENOENT},
    {SUBLET_RULE(lstat), kFail, "as newfstatat", ENOENT},
    {SUBLET_RULE(access), kFail, "as faccessat", ENOENT},
    {SUBLET_RULE(readlink), kFail, "as readlinkat", ENOENT},
    {SUBLET_RULE(poll), kAllow, "as ppoll"},
    {SUBLET_RULE(fork), kFatal, "processes"},
    {SUBLET_RULE(vfork), kFatal, "processes"},
    {SUBLET_RULE(iopl), kFatal, "hardware"},
    {SUBLET_RULE(ioperm), kFatal, "hardware"},
    {SUBLET_RULE(modify_ldt), kFatal, "a surface of the kernel that nothing here needs"},
#endif
    // -- fatal: the network ------------------------------------------------------------------
    {SUBLET_RULE(socket), kFatal, "network"},
    {SUBLET_RULE(socketpair), kFatal, "network"},
    {SUBLET_RULE(connect), kFatal, "network"},
    {SUBLET_RULE(bind), kFatal, "network"},
    {SUBLET_RULE(listen), kFatal, "network"},
    {SUBLET_RULE(accept), kFatal, "network"},
    {SUBLET_RULE(accept4), kFatal, "network"},
    // -- fatal: other programs and processes -------------------------------------------------
    {SUBLET_RULE(execve), kFatal, "programs"},
    {SUBLET_RULE(execveat), kFatal, "programs"},
    {SUBLET_RULE(ptrace), kFatal, "other processes"},
    {SUBLET_RULE(process_vm_readv), kFatal, "other processes"},
    {SUBLET_RULE(process_vm_writev), kFatal, "other processes"},
    {SUBLET_RULE(process_madvise), kFatal, "other processes"},
    {SUBLET_RULE(kcmp), kFatal, "other processes"},
    {SUBLET_RULE(kill), kFatal, "other processes"},
    {SUBLET_RULE(tkill), kFatal, "other processes"},
    {SUBLET_RULE(rt_sigqueueinfo), kFatal, "other processes"},
    {SUBLET_RULE(rt_tgsigqueueinfo), kFatal, "other processes"},
    {SUBLET_RULE(pidfd_open), kFatal, "other processes"},
    {SUBLET_RULE(pidfd_getfd), kFatal, "other processes"},
    {SUBLET_RULE(pidfd_send_signal), kFatal, "other processes"},
    {SUBLET_RULE(migrate_pages), kFatal, "other processes"},
    {SUBLET_RULE(move_pages), kFatal, "other processes"},
    // -- fatal: memory of others -------------------------------------------------------------
    {SUBLET_RULE(shmget), kFatal, "shared memory"},
    {SUBLET_RULE(shmat), kFatal, "shared memory"},
    {SUBLET_RULE(shmctl), kFatal, "shared memory"},
    {SUBLET_RULE(semget), kFatal, "shared semaphores"},
    {SUBLET_RULE(msgget), kFatal, "shared queues"},
    {SUBLET_RULE(mq_open), kFatal, "shared queues"},
    {SUBLET_RULE(memfd_create), kFatal, "files in memory"},
    // -- fatal: the namespaces, file systems and identity of the process -----------------------
    {SUBLET_RULE(unshare), kFatal, "namespaces"},
    {SUBLET_RULE(setns), kFatal, "namespaces"},
    {SUBLET_RULE(mount), kFatal, "file systems"},
    {SUBLET_RULE(umount2), kFatal, "file systems"},
    {SUBLET_RULE(pivot_root), kFatal, "file systems"},
    {SUBLET_RULE(chroot), kFatal, "file systems"},
    {SUBLET_RULE(fsopen), kFatal, "file systems"},
    {SUBLET_RULE(fsmount), kFatal, "file systems"},
    {SUBLET_RULE(move_mount), kFatal, "file systems"},
    {SUBLET_RULE(open_tree), kFatal, "file systems"},
    {SUBLET_RULE(open_by_handle_at), kFatal, "files by number, past every path"},
    {SUBLET_RULE(setuid), kFatal, "identity"},
    {SUBLET_RULE(setgid), kFatal, "identity"},
    {SUBLET_RULE(setreuid), kFatal, "identity"},
    {SUBLET_RULE(setregid), kFatal, "identity"},
    {SUBLET_RULE(setresuid), kFatal, "identity"},
    {SUBLET_RULE(setresgid), kFatal, "identity"},
    {SUBLET_RULE(setgroups), kFatal, "identity"},
    {SUBLET_RULE(capset), kFatal, "capabilities"},
    {SUBLET_RULE(personality), kFatal, "other interfaces of the kernel"},
    // -- fatal: the kernel -------------------------------------------------------------------
    {SUBLET_RULE(bpf), kFatal, "programs in the kernel"},
    {SUBLET_RULE(perf_event_open), kFatal, "counters, a side channel"},
    {SUBLET_RULE(userfaultfd), kFatal, "what exploits of the kernel stop it with"},
    {SUBLET_RULE(io_uring_setup), kFatal, "calls that no filter sees"},
    {SUBLET_RULE(io_uring_enter), kFatal, "calls that no filter sees"},
    {SUBLET_RULE(io_uring_register), kFatal, "calls that no filter sees"},
    {SUBLET_RULE(add_key), kFatal, "key rings"},
    {SUBLET_RULE(request_key), kFatal, "key rings"},
    {SUBLET_RULE(keyctl), kFatal, "key rings"},
    {SUBLET_RULE(init_module), kFatal, "modules"},
    {SUBLET_RULE(finit_module), kFatal, "modules"},
    {SUBLET_RULE(delete_module), kFatal, "modules"},
    {SUBLET_RULE(kexec_load), kFatal, "another kernel"},
    {SUBLET_RULE(reboot), kFatal, "the machine"},
    {SUBLET_RULE(swapon), kFatal, "the machine"},
    {SUBLET_RULE(swapoff), kFatal, "the machine"},
    {SUBLET_RULE(settimeofday), kFatal, "the machine's clock"},
    {SUBLET_RULE(clock_settime), kFatal, "the machine's clock"},
    {SUBLET_RULE(adjtimex), kFatal, "the machine's clock"},
    {SUBLET_RULE(clock_adjtime), kFatal, "the machine's clock"},
};
#undef SUBLET_RULE

}  // namespace

std::span<const SyscallRule> syscall_rules() noexcept { return kRules; }
std::uint32_t syscall_architecture() noexcept { return kArchitecture; }
std::uint32_t foreign_numbers() noexcept { return kForeignNumbers; }

}  // namespace sublet::sandbox

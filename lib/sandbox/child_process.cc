// SPDX-License-Identifier: Apache-2.0
#include "sandbox/child_process.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "sandbox/process_number.h"
#include "sandbox/turn_signal.h"

namespace sublet::sandbox {
namespace {

int send_signal(int process, int signal, siginfo_t* info) noexcept {
  return static_cast<int>(::syscall(SYS_pidfd_send_signal, process, signal, info, 0));
}

}  // namespace

ChildProcess::ChildProcess(Channel channel, base::UniqueFd process)
    : channel_(std::move(channel)),
      process_(std::move(process)),
      pid_(number_of_process(process_.get())),
      owner_(::getpid()) {
  if (pid_ <= 0 || ::clock_getcpuclockid(pid_, &clock_) != 0) clock_ = 0;
}

ChildProcess::~ChildProcess() { end(); }

void ChildProcess::terminate_turn(std::uint32_t turn) noexcept {
  siginfo_t info{};
  info.si_signo = kTurnSignal;
  info.si_code = SI_QUEUE;
  info.si_pid = ::getpid();
  info.si_uid = ::getuid();
  info.si_value.sival_int = static_cast<int>(turn);
  (void)send_signal(process_.get(), kTurnSignal, &info);
}

void ChildProcess::end() noexcept {
  if (!ended_.exchange(true) && owner_ == ::getpid())
    (void)send_signal(process_.get(), SIGKILL, nullptr);
}

std::chrono::nanoseconds ChildProcess::cpu_time() const noexcept {
  timespec now{};
  // The number belongs to the process for as long as it has not been ended.
  if (clock_ != 0 && !ended() && ::clock_gettime(clock_, &now) == 0) {
    const std::int64_t reading = now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec;
    std::int64_t before = cpu_.load(std::memory_order_relaxed);
    while (before < reading && !cpu_.compare_exchange_weak(before, reading)) {
    }
  }
  return std::chrono::nanoseconds(cpu_.load(std::memory_order_relaxed));
}

}  // namespace sublet::sandbox

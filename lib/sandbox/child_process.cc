// SPDX-License-Identifier: Apache-2.0
#include "sandbox/child_process.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <string>
#include <string_view>

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

void ChildProcess::pause() noexcept {
  if (!ended() && owner_ == ::getpid()) (void)send_signal(process_.get(), SIGSTOP, nullptr);
}

void ChildProcess::resume() noexcept {
  if (!ended() && owner_ == ::getpid()) (void)send_signal(process_.get(), SIGCONT, nullptr);
}

std::uint64_t ChildProcess::resident_memory() const {
  if (pid_ <= 0 || ended()) return 0;
  const std::string path = "/proc/" + std::to_string(pid_) + "/statm";
  const base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  char text[128];
  const ssize_t size = file ? ::read(file.get(), text, sizeof text) : -1;
  if (size <= 0) return 0;
  const std::string_view numbers(text, static_cast<std::size_t>(size));
  const std::size_t second = numbers.find(' ');
  std::uint64_t pages = 0;
  if (second == std::string_view::npos) return 0;
  std::from_chars(numbers.data() + second + 1, numbers.data() + numbers.size(), pages);
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void ChildProcess::note_final_cpu(std::chrono::nanoseconds used) noexcept {
  ended_ = true;
  raise(used.count());
}

void ChildProcess::raise(std::int64_t reading) const noexcept {
  std::int64_t before = cpu_.load(std::memory_order_relaxed);
  while (before < reading && !cpu_.compare_exchange_weak(before, reading)) {
  }
}

std::chrono::nanoseconds ChildProcess::cpu_time() const noexcept {
  timespec now{};
  // Until the zygote has reaped it, the clock is the process's.
  if (clock_ != 0 && !ended() && ::clock_gettime(clock_, &now) == 0) {
    raise(now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec);
  }
  return std::chrono::nanoseconds(cpu_.load(std::memory_order_relaxed));
}

}  // namespace sublet::sandbox

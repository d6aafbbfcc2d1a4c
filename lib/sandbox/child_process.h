// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <memory>

#include "base/unique_fd.h"
#include "sandbox/channel.h"

namespace sublet::sandbox {

// The host's end of one sandboxed process. The process ends with it.
//
// The channel is single-owner; everything else is thread-safe.
class ChildProcess {
 public:
  // `process` is a pidfd.
  ChildProcess(Channel channel, base::UniqueFd process);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  Channel& channel() noexcept { return channel_; }

  // Asks the process to end that turn; nothing happens where another one runs by now.
  void terminate_turn(std::uint32_t turn) noexcept;
  // Ends the process at once, whatever it does.
  void end() noexcept;
  bool ended() const noexcept { return ended_.load(std::memory_order_relaxed); }

  // Stands still, and goes on. Ending it works in any case.
  void pause() noexcept;
  void resume() noexcept;
  // In bytes, shared pages included; 0 where the system does not tell.
  std::uint64_t resident_memory() const;
  // What the zygote found when it reaped the process.
  void note_final_cpu(std::chrono::nanoseconds used) noexcept;

  // CPU time of the whole process; the last reading once it has ended.
  std::chrono::nanoseconds cpu_time() const noexcept;
  // 0: the system has none.
  clockid_t cpu_clock() const noexcept { return clock_; }

 private:
  void raise(std::int64_t reading) const noexcept;

  Channel channel_;
  const base::UniqueFd process_;
  const pid_t pid_;
  const pid_t owner_;  // a fork of the host has a copy, and leaves the process alone
  clockid_t clock_ = 0;
  std::atomic<bool> ended_{false};
  mutable std::atomic<std::int64_t> cpu_{0};
};

}  // namespace sublet::sandbox

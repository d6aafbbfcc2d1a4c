// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <vector>

#include "sublet/result.h"

// The seccomp-bpf filter of a sandboxed process, made from the table in syscall_rules.cc.
namespace sublet::sandbox {

struct FilterOptions {
  bool jitless = false;     // no memory becomes executable any more
  bool allow_fork = false;  // fork() as glibc makes it, and filters on top of this one
};

// Whether the table knows this architecture and the kernel takes filters.
bool syscall_filter_available() noexcept;

// The filter, made ahead of time: installing it is what a new process waits for.
class SyscallFilter {
 public:
  explicit SyscallFilter(const FilterOptions& options);

  // Puts the calling thread under the filter, for good. The process must have no_new_privs set and
  // no other thread. kUnavailable where syscall_filter_available() is false.
  Result<void> install();

  const FilterOptions& options() const noexcept { return options_; }

 private:
  FilterOptions options_;
  std::vector<sock_filter> code_;
  std::vector<std::size_t> own_process_;  // instructions that compare with the process's id
};

// Whether a process ended because it made a fatal call; `status` is waitpid()'s.
bool ended_by_filter(int status) noexcept;

}  // namespace sublet::sandbox

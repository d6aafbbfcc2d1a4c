// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>

#include "base/unique_fd.h"
#include "sandbox/syscall_filter.h"
#include "sandbox/walls.h"
#include "sublet/result.h"

namespace sublet::sandbox {

struct ZygoteConfinement {
  std::span<const int> descriptors;  // the ones to keep; all others are closed
  bool namespaces = true;            // false: does without, as a system that forbids them
  bool landlock = true;              // the same
  // Dies with the thread that started it: only for a starter that outlives it. The end of the
  // control socket tells without that condition.
  bool dies_with_parent = false;
  id_t unprivileged_id = 65534;  // user and group where the host is root
  FilterOptions filter;          // of the children
};

struct ChildConfinement {
  int socket = -1;  // the only descriptor to keep
  // Room beside what the zygote had when it forked; 0: no limit.
  std::uint64_t address_space = std::uint64_t{8} << 30;
  // The same for private writable memory, used or not: what the process can cost.
  std::uint64_t data = std::uint64_t{1} << 30;
  std::uint64_t stack = std::uint64_t{8} << 20;
  // Of the whole process. What a turn may take is the watchdog's to say; this ends what it forgot.
  std::uint64_t cpu_seconds = 6 * 3600;
  // Beside the zygote's: nothing of one child is seen from another even where the filter fails.
  bool own_user_namespace = true;
  bool own_network_namespace = true;  // a third of a millisecond of the kernel's time
};

// The confinement of the helper and of the processes that it forks. Both have one thread.
class Confinement {
 public:
  // Confines the calling process, the zygote, for good: call once V8 has started and has read what
  // files it needs (time zone, locale). kUnavailable where what everything else rests on cannot be
  // had: no_new_privs, no capabilities, filters.
  static Result<Confinement> of_zygote(const ZygoteConfinement& options);

  // Confines the calling process, just forked from the zygote, before it meets any tenant's code.
  // After an error it must end. What stands, beside walls().
  Result<Walls> confine_child(const ChildConfinement& options);

  // Of the zygote, which its children inherit.
  Walls walls() const noexcept { return walls_; }

 private:
  Confinement(const FilterOptions& filter, base::UniqueFd memory, Walls walls, bool landlock);

  SyscallFilter filter_;
  base::UniqueFd memory_;  // the zygote's /proc/self/statm
  pid_t zygote_;
  Walls walls_;
  bool landlock_;
};

}  // namespace sublet::sandbox

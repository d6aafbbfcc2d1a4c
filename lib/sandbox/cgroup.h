// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "sublet/result.h"

namespace sublet::sandbox {

// What all sandboxed processes of a host may take together. 0: no limit.
struct CgroupLimits {
  std::uint64_t memory = 0;
  std::uint64_t processes = 0;
  std::uint32_t cpu_percent = 0;  // 100: one processor
};

// A control group (version 2) for the helper and what it forks. Removed with its owner, once its
// processes are gone.
class Cgroup {
 public:
  // Makes a group of that name inside `delegated`, a folder of the cgroup file system that this
  // user may write to. kUnavailable, with the file, where a limit cannot be set: then nothing is
  // left.
  static Result<Cgroup> create(const std::filesystem::path& delegated, std::string_view name,
                               const CgroupLimits& limits);

  Cgroup(Cgroup&& other) noexcept;
  Cgroup& operator=(Cgroup&& other) noexcept;
  ~Cgroup();

  // Moves a process there; those that it forks afterwards are there, too.
  Result<void> add(pid_t process) const;

 private:
  explicit Cgroup(std::filesystem::path folder) : folder_(std::move(folder)) {}
  void remove() noexcept;

  std::filesystem::path folder_;
};

// The group that the calling process is in, where it is of version 2. Empty: it is in none.
// `mounts` and `groups` are /proc/self/mountinfo and /proc/self/cgroup.
std::filesystem::path own_cgroup(const std::filesystem::path& mounts = "/proc/self/mountinfo",
                                 const std::filesystem::path& groups = "/proc/self/cgroup");

// Why no groups can be made in `folder`, in a few words. Empty: they can.
std::string why_not_delegated(const std::filesystem::path& folder);

}  // namespace sublet::sandbox

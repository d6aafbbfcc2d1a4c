// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "sublet/limits.h"

namespace sublet::runtime {

// Where the kernel tells about memory; tests give their own.
struct KernelFiles {
  std::filesystem::path proc = "/proc";
  std::filesystem::path cgroup = "/sys/fs/cgroup";
};

// The memory that this process can have: the smallest of the machine's and of every memory limit of
// its cgroup and the ones above it (version 1 and 2). Nullopt where nothing of it can be read.
std::optional<Bytes> process_memory(const KernelFiles& files = {});

// HostOptions::memory_budget where the host gives none: 60 % of process_memory(), or 1 GiB.
Bytes default_memory_budget(const KernelFiles& files = {});

}  // namespace sublet::runtime

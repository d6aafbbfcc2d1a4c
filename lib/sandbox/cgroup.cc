// SPDX-License-Identifier: Apache-2.0
#include "sandbox/cgroup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

#include "base/unique_fd.h"

namespace sublet::sandbox {
namespace {

Error refused(const std::filesystem::path& file) {
  return Error{ErrorCode::kUnavailable,
               file.string() + ": " + std::generic_category().message(errno)};
}

// In one call, as the file system wants it; never makes a file.
Result<void> write_setting(const std::filesystem::path& file, const std::string& text) {
  const base::UniqueFd opened(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!opened || ::write(opened.get(), text.data(), text.size()) < 0) return refused(file);
  return {};
}

// Controllers that are there already, or that the group's owner keeps to itself, are not worth an
// error: the limits' own files tell.
void offer_controllers(const std::filesystem::path& delegated) {
  for (const char* controller : {"+memory", "+pids", "+cpu"}) {
    (void)write_setting(delegated / "cgroup.subtree_control", controller);
  }
}

Result<void> set_limits(const std::filesystem::path& folder, const CgroupLimits& limits) {
  constexpr std::uint32_t kPeriod = 100'000;  // microseconds
  if (limits.memory != 0) {
    const auto set = write_setting(folder / "memory.max", std::to_string(limits.memory));
    if (!set) return set;
    // Where there is none, nothing can be swapped out.
    (void)write_setting(folder / "memory.swap.max", "0");
  }
  if (limits.processes != 0) {
    const auto set = write_setting(folder / "pids.max", std::to_string(limits.processes));
    if (!set) return set;
  }
  if (limits.cpu_percent != 0) {
    const auto quota = std::uint64_t{limits.cpu_percent} * kPeriod / 100;
    return write_setting(folder / "cpu.max", std::to_string(quota) + " " + std::to_string(kPeriod));
  }
  return {};
}

}  // namespace

Result<Cgroup> Cgroup::create(const std::filesystem::path& delegated, std::string_view name,
                              const CgroupLimits& limits) {
  if (name.empty() || name.find('/') != std::string_view::npos || name.front() == '.') {
    return Error{ErrorCode::kInvalidArgument, "a control group cannot be named so"};
  }
  if (std::string why = why_not_delegated(delegated); !why.empty()) {
    return Error{ErrorCode::kUnavailable, delegated.string() + ": " + why};
  }
  offer_controllers(delegated);
  Cgroup group(delegated / name);
  // One that an earlier process of that name left is as good as a new one.
  if (::mkdir(group.folder_.c_str(), 0755) != 0 && errno != EEXIST) {
    const Error error = refused(group.folder_);
    group.folder_.clear();
    return error;
  }
  if (Result<void> set = set_limits(group.folder_, limits); !set) return set.error();
  return group;
}

Cgroup::Cgroup(Cgroup&& other) noexcept : folder_(std::move(other.folder_)) {
  other.folder_.clear();
}

Cgroup& Cgroup::operator=(Cgroup&& other) noexcept {
  if (this == &other) return *this;
  remove();
  folder_ = std::move(other.folder_);
  other.folder_.clear();
  return *this;
}

Cgroup::~Cgroup() { remove(); }

void Cgroup::remove() noexcept {
  if (!folder_.empty()) (void)::rmdir(folder_.c_str());
}

Result<void> Cgroup::add(pid_t process) const {
  return write_setting(folder_ / "cgroup.procs", std::to_string(process));
}

std::filesystem::path own_cgroup(const std::filesystem::path& mounts,
                                 const std::filesystem::path& groups) {
  // "36 35 98:0 /root /mount/point options - type source options": of the kernel's own mounts, none
  // has a blank in its path.
  std::string mount_point;
  std::ifstream mount_lines(mounts);
  for (std::string line; std::getline(mount_lines, line);) {
    if (line.find(" - cgroup2 ") == std::string::npos) continue;
    std::istringstream fields(line);
    std::string skipped;
    fields >> skipped >> skipped >> skipped >> skipped >> mount_point;
  }
  std::ifstream group_lines(groups);
  for (std::string line; std::getline(group_lines, line);) {
    if (!line.starts_with("0::/")) continue;
    if (mount_point.empty()) return {};
    return (mount_point + line.substr(3)).c_str();
  }
  return {};
}

std::string why_not_delegated(const std::filesystem::path& folder) {
  std::error_code error;
  if (!std::filesystem::exists(folder / "cgroup.controllers", error)) {
    return "is no group of version 2";
  }
  for (const char* needed : {"cgroup.procs", "cgroup.subtree_control"}) {
    if (::access((folder / needed).c_str(), W_OK) != 0) {
      return std::string(needed) + " cannot be written";
    }
  }
  if (::access(folder.c_str(), W_OK) != 0) return "no group can be made in it";
  std::ifstream file(folder / "cgroup.controllers");
  const std::string controllers((std::istreambuf_iterator<char>(file)), {});
  if (controllers.find("memory") == std::string::npos) return "has no memory controller";
  return {};
}

}  // namespace sublet::sandbox

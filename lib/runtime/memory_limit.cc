// SPDX-License-Identifier: Apache-2.0
#include "runtime/memory_limit.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

namespace sublet::runtime {
namespace {

namespace fs = std::filesystem;
using Limit = std::optional<std::uint64_t>;

// Version 1 says "no limit" with the largest multiple of the page size.
constexpr std::uint64_t kUnlimited = std::uint64_t{1} << 60;

Limit smaller(Limit a, Limit b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

Limit leading_number(std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t");
  if (start == std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data() + start, end, number).ec != std::errc{}) return std::nullopt;
  return number;
}

// Nullopt also for "max", which is no limit.
Limit read_limit(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line)) return std::nullopt;
  const Limit limit = leading_number(line);
  return limit && *limit < kUnlimited ? limit : std::nullopt;
}

// The limits of `group` below `root`, and of every group above it. Inside a container `root` may be
// the group itself, and the path one of the machine: then only the root's file is there.
Limit limit_up_to_root(const fs::path& root, fs::path group, const char* file) {
  Limit limit = read_limit(root / file);
  for (group = group.relative_path(); !group.empty(); group = group.parent_path()) {
    limit = smaller(limit, read_limit(root / group / file));
  }
  return limit;
}

bool names_memory(std::string_view controllers) {
  while (!controllers.empty()) {
    const std::size_t comma = controllers.find(',');
    if (controllers.substr(0, comma) == "memory") return true;
    if (comma == std::string_view::npos) return false;
    controllers.remove_prefix(comma + 1);
  }
  return false;
}

// Lines of /proc/self/cgroup are "number:controllers:path"; version 2 is "0::path".
Limit cgroup_limit(const KernelFiles& files) {
  Limit limit;
  std::ifstream in(files.proc / "self" / "cgroup");
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first == std::string::npos ? first : first + 1);
    if (second == std::string::npos) continue;
    const std::string_view controllers =
        std::string_view(line).substr(first + 1, second - first - 1);
    const fs::path group = line.substr(second + 1);
    if (controllers.empty()) {
      limit = smaller(limit, limit_up_to_root(files.cgroup, group, "memory.max"));
    } else if (names_memory(controllers)) {
      limit =
          smaller(limit, limit_up_to_root(files.cgroup / "memory", group, "memory.limit_in_bytes"));
    }
  }
  return limit;
}

Limit physical_memory(const KernelFiles& files) {
  constexpr std::string_view kTotal = "MemTotal:";
  std::ifstream in(files.proc / "meminfo");
  for (std::string line; std::getline(in, line);) {
    if (!std::string_view(line).starts_with(kTotal)) continue;
    const Limit kibibytes = leading_number(std::string_view(line).substr(kTotal.size()));
    return kibibytes ? Limit(*kibibytes * 1024) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Bytes> process_memory(const KernelFiles& files) {
  const Limit limit = smaller(physical_memory(files), cgroup_limit(files));
  return limit ? std::optional(Bytes{*limit}) : std::nullopt;
}

Bytes default_memory_budget(const KernelFiles& files) {
  constexpr Bytes kUnknown = Bytes::mebibytes(1024);
  const std::optional<Bytes> memory = process_memory(files);
  return memory ? Bytes{memory->count / 10 * 6} : kUnknown;
}

}  // namespace sublet::runtime

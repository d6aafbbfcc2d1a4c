// SPDX-License-Identifier: Apache-2.0
#include "hostile/memory.h"

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <system_error>

namespace sublet::hostile {
namespace {

constexpr double kMegabyte = 1024.0 * 1024.0;

std::string path_of(pid_t process, std::string_view file) {
  return "/proc/" + std::to_string(process) + "/" + std::string(file);
}

// The parent of each process that there is.
std::multimap<pid_t, pid_t> children_by_parent() {
  std::multimap<pid_t, pid_t> children;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    pid_t process = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), process).ec != std::errc{})
      continue;
    std::ifstream in(path_of(process, "stat"));
    // The name of the program stands in parentheses and can hold anything.
    in.ignore(std::numeric_limits<std::streamsize>::max(), ')');
    char state = 0;
    pid_t parent = 0;
    if (in >> state >> parent) children.emplace(parent, process);
  }
  return children;
}

// What the process would give back: its own pages and its part of the shared ones. Zero where the
// process does not let itself be looked at, or is gone.
double proportional_memory(pid_t process) {
  std::ifstream in(path_of(process, "smaps_rollup"));
  for (std::string word; in >> word;) {
    double kilobytes = 0;
    if (word == "Pss:" && in >> kilobytes) return kilobytes / 1024.0;
  }
  return host_memory(process);
}

double sum_of_descendants(const std::multimap<pid_t, pid_t>& children, pid_t process,
                          pid_t without) {
  double sum = 0;
  const auto [first, last] = children.equal_range(process);
  for (auto child = first; child != last; ++child) {
    if (child->second != without) sum += proportional_memory(child->second);
    sum += sum_of_descendants(children, child->second, without);
  }
  return sum;
}

}  // namespace

double host_memory(pid_t process) {
  std::ifstream in(path_of(process, "statm"));
  double size = 0;
  double resident = 0;
  if (!(in >> size >> resident)) return 0;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / kMegabyte;
}

double helper_memory(pid_t host) {
  return sum_of_descendants(children_by_parent(), getpid(), host);
}

}  // namespace sublet::hostile

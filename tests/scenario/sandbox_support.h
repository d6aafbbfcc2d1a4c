// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "support.h"

// What the tests of the sandboxed tier share: the processes behind a host.
namespace sublet::scenario {

// Number and parent of every live helper process that this process holds a descriptor of.
inline std::map<pid_t, pid_t> helper_processes() {
  std::map<pid_t, pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
    std::ifstream info(entry.path());
    std::string key;
    pid_t pid = 0;
    while (info >> key && key != "Pid:") {
    }
    if (!(info >> pid) || pid <= 0) continue;
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(stat, line);
    const std::size_t name = line.find(" (sublet-sandbox) ");
    char state = 'Z';
    pid_t parent = 0;
    if (name == std::string::npos) continue;
    if (std::sscanf(line.c_str() + name + 18, "%c %d", &state, &parent) == 2 && state != 'Z') {
      found[pid] = parent;
    }
  }
  return found;
}

inline std::vector<pid_t> zygotes() {
  std::vector<pid_t> found;
  const auto all = helper_processes();
  for (const auto& [pid, parent] : all) {
    if (!all.contains(parent)) found.push_back(pid);
  }
  return found;
}

inline std::vector<pid_t> sandboxes() {
  std::vector<pid_t> found;
  const auto all = helper_processes();
  for (const auto& [pid, parent] : all) {
    if (all.contains(parent)) found.push_back(pid);
  }
  return found;
}

// Ends a process, and waits until it is gone.
inline void end_process(pid_t pid) {
  ::kill(pid, SIGKILL);
  for (int tries = 0; tries < 5000 && helper_processes().contains(pid); ++tries) {
    std::this_thread::sleep_for(2ms);
  }
}

inline TenantPolicy sandboxed_policy() {
  auto policy = ample_policy();
  policy.isolation = Isolation::kSandboxed;
  return policy;
}

inline HostOptions one_sandbox() {
  auto options = TestHost::two_workers();
  options.warm_sandboxes = 0;
  return options;
}

}  // namespace sublet::scenario

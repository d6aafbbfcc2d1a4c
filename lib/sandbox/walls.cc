// SPDX-License-Identifier: Apache-2.0
#include "sandbox/walls.h"

#include <algorithm>

namespace sublet::sandbox {

std::string_view to_string(Wall wall) noexcept {
  switch (wall) {
    case Wall::kNoNewPrivileges:
      return "no_new_privileges";
    case Wall::kNoCapabilities:
      return "no_capabilities";
    case Wall::kUnprivilegedUser:
      return "unprivileged_user";
    case Wall::kNoDescriptors:
      return "no_descriptors";
    case Wall::kNoEnvironment:
      return "no_environment";
    case Wall::kNotDumpable:
      return "not_dumpable";
    case Wall::kResourceLimits:
      return "resource_limits";
    case Wall::kDiesWithParent:
      return "dies_with_parent";
    case Wall::kUserNamespace:
      return "user_namespace";
    case Wall::kEmptyRoot:
      return "empty_root";
    case Wall::kNetworkNamespace:
      return "network_namespace";
    case Wall::kIpcNamespace:
      return "ipc_namespace";
    case Wall::kUtsNamespace:
      return "uts_namespace";
    case Wall::kFilesRefused:
      return "files_refused";
    case Wall::kSignalsConfined:
      return "signals_confined";
    case Wall::kSyscallFilter:
      return "syscall_filter";
  }
  return "";
}

std::string Walls::names() const {
  std::string names;
  for (int i = 0; i < kWalls; ++i) {
    const auto wall = static_cast<Wall>(i);
    if (!has(wall)) continue;
    if (!names.empty()) names += ',';
    names += to_string(wall);
  }
  return names;
}

Walls Walls::parse(std::string_view names) {
  Walls walls;
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(','), names.size());
    for (int i = 0; i < kWalls; ++i) {
      walls.add_if(names.substr(0, end) == to_string(static_cast<Wall>(i)), static_cast<Wall>(i));
    }
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return walls;
}

}  // namespace sublet::sandbox

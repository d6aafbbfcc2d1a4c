// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "sublet/result.h"

namespace sublet::sandbox {

// The helper executable as a process, started and waited for without the host noticing: no SIGCHLD,
// and no wait for "any child" finds it.
class HelperProcess {
 public:
  // Starts `executable` with `arguments` and an empty environment; `control` becomes its descriptor
  // kControlFd. kUnavailable where it cannot be started.
  static Result<HelperProcess> start(const std::filesystem::path& executable,
                                     const std::vector<std::string>& arguments, int control);

  HelperProcess(HelperProcess&& other) noexcept;
  HelperProcess& operator=(HelperProcess&& other) noexcept;
  // Waits a little for it to end by itself, since its control socket is closed; then ends it.
  ~HelperProcess();

 private:
  explicit HelperProcess(pid_t pid);
  void end() noexcept;

  pid_t pid_ = -1;
  pid_t owner_ = -1;  // a fork of the host has a copy, and leaves the process alone
};

// The helper executable of this very build: `given` where it is not empty, else beside the library
// or program, or in the libexec directory of the same installation. Empty: there is none.
std::filesystem::path find_helper(const std::filesystem::path& given);

}  // namespace sublet::sandbox

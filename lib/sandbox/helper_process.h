// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "sandbox/process_number.h"
#include "sublet/result.h"

namespace sublet::sandbox {

// The helper executable as a process that is nobody's child: a host that handles SIGCHLD, or waits
// for any child, never meets it. (Where the host is the first process of a container, it inherits
// it like every orphan there.)
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

  // -1: it has ended.
  pid_t number() const { return number_of_process(process_.get()); }

 private:
  explicit HelperProcess(base::UniqueFd process);
  void end() noexcept;

  base::UniqueFd process_;
  pid_t owner_ = -1;  // a fork of the host has a copy, and leaves the process alone
};

// The helper executable of this very build: `given` where it is not empty, else beside the library
// or program, or in the libexec directory of the same installation. Empty: there is none.
std::filesystem::path find_helper(const std::filesystem::path& given);

}  // namespace sublet::sandbox

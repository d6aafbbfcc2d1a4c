// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace sublet::faults {

// The file descriptor at which processes that work report: all at the end of one file, so that
// what they say is in the order in which it happened, and there when they are not.
inline constexpr int kReportTo = 3;

// This program once more, with other arguments. Ended, if it still runs, when this goes.
class WorkerProcess {
 public:
  // Throws std::exception.
  WorkerProcess(const std::vector<std::string>& arguments, const std::filesystem::path& reports);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  pid_t id() const { return process_; }
  // Whether it ended well, by itself.
  bool wait();
  // Strikes it down; whether it was there until then.
  bool end();

 private:
  pid_t process_ = -1;
};

}  // namespace sublet::faults

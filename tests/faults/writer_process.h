// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace sublet::faults {

// The file descriptor at which a process that writes reports.
inline constexpr int kReportTo = 3;

// This program once more, writing a storm. Ended, if it still runs, when this goes.
class WriterProcess {
 public:
  // Throws std::exception.
  explicit WriterProcess(const std::vector<std::string>& arguments);
  ~WriterProcess();
  WriterProcess(const WriterProcess&) = delete;
  WriterProcess& operator=(const WriterProcess&) = delete;

  pid_t id() const { return process_; }
  // Takes reports for this long, or until the first one.
  void listen(std::chrono::microseconds time, bool until_first);
  // Waits until the process is gone, and takes what it had reported until then. Answers whether it
  // was ended by a signal, and did not end by itself.
  bool wait();

  // Of the commits that were acknowledged, and of those that the store said were not done.
  const std::set<std::uint64_t>& stamps() const { return stamps_; }
  const std::set<std::uint64_t>& not_done() const { return not_done_; }

 private:
  // False: there is nothing more, for good.
  bool take();

  pid_t process_ = -1;
  int reports_ = -1;
  std::string partial_;
  std::set<std::uint64_t> stamps_;
  std::set<std::uint64_t> not_done_;
};

}  // namespace sublet::faults

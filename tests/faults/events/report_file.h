// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "faults/events/judge.h"

namespace sublet::faults {

// What the processes report, in a file of its own.
class ReportFile {
 public:
  // Throws std::exception.
  ReportFile();
  ~ReportFile();
  ReportFile(const ReportFile&) = delete;
  ReportFile& operator=(const ReportFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // With what has come since.
  const Reports& read();

 private:
  std::filesystem::path path_;
  std::ifstream file_;
  std::string partial_;
  Reports reports_;
};

}  // namespace sublet::faults

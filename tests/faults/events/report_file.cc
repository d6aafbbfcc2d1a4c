// SPDX-License-Identifier: Apache-2.0
#include "faults/events/report_file.h"

#include <stdlib.h>
#include <unistd.h>

#include <iterator>
#include <stdexcept>

namespace sublet::faults {

ReportFile::ReportFile() {
  std::string name = (std::filesystem::temp_directory_path() / "sublet_reports_XXXXXX").string();
  const int made = ::mkstemp(name.data());
  if (made < 0) throw std::runtime_error("no temporary file");
  ::close(made);
  path_ = name;
  file_.open(path_, std::ios::binary);
}

ReportFile::~ReportFile() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

const Reports& ReportFile::read() {
  file_.clear();  // of the end that was reached last time
  partial_.append(std::istreambuf_iterator<char>(file_), {});
  partial_.erase(0, reports_.take(partial_));
  return reports_;
}

}  // namespace sublet::faults

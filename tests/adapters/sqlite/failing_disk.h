// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace sublet {

// From the first one on, every database that SQLite opens in this process has its log on a disk
// that can be told to fail; while one lives, it does.
class FailingDisk {
 public:
  // Has to come before the databases are opened.
  static void prepare();

  // Waiting for the log to be on the disk fails with this errno.
  explicit FailingDisk(int error);
  ~FailingDisk();
  FailingDisk(const FailingDisk&) = delete;
  FailingDisk& operator=(const FailingDisk&) = delete;

  // How often the disk has failed.
  int failures() const;
};

}  // namespace sublet

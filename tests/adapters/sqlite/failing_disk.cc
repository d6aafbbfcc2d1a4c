// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/failing_disk.h"

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <atomic>

namespace sublet {
namespace {

std::atomic<int> error_to_tell{0};
std::atomic<int> failed{0};
sqlite3_vfs* system_files = nullptr;
const sqlite3_io_methods* system_methods = nullptr;

int sync_log(sqlite3_file* file, int flags) {
  if (error_to_tell == 0) return system_methods->xSync(file, flags);
  ++failed;
  return SQLITE_IOERR_FSYNC;
}

int last_error(sqlite3_vfs* files, int size, char* text) {
  return error_to_tell != 0 ? error_to_tell.load() : system_files->xGetLastError(files, size, text);
}

// Logs get functions of their own; all of them are of the one kind that the system's files have.
int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  const int result = system_files->xOpen(system_files, name, file, flags, flags_out);
  if (result != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0) return result;
  static const sqlite3_io_methods log_methods = [&] {
    system_methods = file->pMethods;
    sqlite3_io_methods methods = *system_methods;
    methods.xSync = sync_log;
    return methods;
  }();
  if (file->pMethods == system_methods) file->pMethods = &log_methods;
  return result;
}

}  // namespace

void FailingDisk::prepare() {
  static const bool registered = [] {
    system_files = sqlite3_vfs_find(nullptr);
    REQUIRE(system_files != nullptr);
    static sqlite3_vfs failing = *system_files;
    failing.zName = "failing";
    failing.xOpen = open_file;
    failing.xGetLastError = last_error;
    return sqlite3_vfs_register(&failing, 1) == SQLITE_OK;
  }();
  REQUIRE(registered);
}

FailingDisk::FailingDisk(int error) {
  failed = 0;
  error_to_tell = error;
}

FailingDisk::~FailingDisk() { error_to_tell = 0; }

int FailingDisk::failures() const { return failed; }

}  // namespace sublet

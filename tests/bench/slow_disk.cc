// SPDX-License-Identifier: Apache-2.0
#include "bench/slow_disk.h"

#include <sqlite3.h>

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "bench/host_side.h"

namespace sublet::bench {
namespace {

sqlite3_vfs* system_files = nullptr;
std::atomic<int (*)(sqlite3_file*, int)> system_sync{nullptr};
std::atomic<std::int64_t> delay_us{0};

int sync_slowly(sqlite3_file* file, int flags) {
  const std::chrono::microseconds delay(delay_us.load());
  if (delay.count() > 0) std::this_thread::sleep_for(delay);
  return system_sync.load()(file, flags);
}

// The same functions, but for the one that waits. SQLite has several sets, and one such function.
const sqlite3_io_methods* slow_methods(const sqlite3_io_methods* methods) {
  static std::mutex mutex;
  static std::map<const sqlite3_io_methods*, sqlite3_io_methods> all;
  const std::lock_guard<std::mutex> lock(mutex);
  const auto [found, is_new] = all.try_emplace(methods, *methods);
  if (is_new) {
    system_sync = methods->xSync;
    found->second.xSync = sync_slowly;
  }
  return &found->second;
}

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  const int result = system_files->xOpen(system_files, name, file, flags, flags_out);
  if (result == SQLITE_OK) file->pMethods = slow_methods(file->pMethods);
  return result;
}

}  // namespace

void make_disk_adjustable() {
  system_files = sqlite3_vfs_find(nullptr);
  if (system_files == nullptr) throw Failure("SQLite has no files");
  static sqlite3_vfs adjustable = *system_files;
  adjustable.zName = "adjustable";
  adjustable.xOpen = open_file;
  if (sqlite3_vfs_register(&adjustable, 1) != SQLITE_OK) throw Failure("cannot register a disk");
}

void set_disk_delay(std::chrono::microseconds delay) { delay_us = delay.count(); }

}  // namespace sublet::bench

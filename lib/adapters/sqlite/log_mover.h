// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <thread>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/database_file.h"
#include "base/mutex.h"

namespace sublet::adapters::sqlite {

// A thread that moves the log into the database while others write it, so that nobody waits for
// that. Owned by the store, whose writer asks; thread-safe.
class LogMover {
 public:
  // Throws Failure.
  explicit LogMover(const DatabaseFile& file);
  ~LogMover();
  LogMover(const LogMover&) = delete;
  LogMover& operator=(const LogMover&) = delete;

  // It is time; does not wait.
  void ask() noexcept;

 private:
  void move_until_closed() noexcept;

  const std::unique_ptr<Connection> connection_;
  base::Mutex mutex_;
  base::CondVar changed_;
  bool asked_ SUBLET_GUARDED_BY(mutex_) = false;
  bool closed_ SUBLET_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace sublet::adapters::sqlite

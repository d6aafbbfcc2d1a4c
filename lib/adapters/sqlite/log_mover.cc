// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/log_mover.h"

#include "adapters/sqlite/failure.h"
#include "base/thread_start.h"

namespace sublet::adapters::sqlite {

LogMover::LogMover(const DatabaseFile& file) : connection_(open_for_reading(file)) {
  connection_->set_checkpoint_on_close(false);
  thread_ = base::start_thread("sublet-db-log", [this] { move_until_closed(); });
  if (!thread_.joinable()) {
    throw Failure{{ErrorCode::kResourceExhausted, "the system gives no thread"}};
  }
}

LogMover::~LogMover() {
  {
    const base::MutexLock lock(mutex_);
    closed_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void LogMover::ask() noexcept {
  {
    const base::MutexLock lock(mutex_);
    asked_ = true;
  }
  changed_.notify_one();
}

void LogMover::move_until_closed() noexcept {
  const auto is_asked = [this] {
    const base::MutexLock lock(mutex_);
    while (!asked_ && !closed_) changed_.wait(mutex_);
    asked_ = false;
    return !closed_;
  };
  // Where it fails the log is as it was, and the next time comes.
  while (is_asked()) {
    (void)sqlite3_wal_checkpoint_v2(connection_->handle(), "main", SQLITE_CHECKPOINT_PASSIVE,
                                    nullptr, nullptr);
  }
}

}  // namespace sublet::adapters::sqlite

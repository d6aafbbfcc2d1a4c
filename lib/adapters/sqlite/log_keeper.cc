// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/log_keeper.h"

#include <algorithm>
#include <string>
#include <system_error>

#include "adapters/sqlite/failure.h"

namespace sublet::adapters::sqlite {
namespace {

// 16 MiB: four times SQLite's own, since moving the log costs two waits for the disk.
constexpr int kPagesToMove = 4096;
// Where a mover has moved most of it.
constexpr int kPagesToFinish = 4 * kPagesToMove;
// From here on readers are waited for, shortly; otherwise they could keep the log growing.
constexpr int kPagesToWait = 16 * kPagesToMove;
constexpr std::chrono::milliseconds kWait{20};

// Of the limit: an eighth, but at least 64 MiB, but not more than a half.
std::uint64_t room_for_log(std::uint64_t limit) {
  return std::max(limit / 8, std::min(limit / 2, std::uint64_t{64} << 20));
}

}  // namespace

LogKeeper::LogKeeper(Connection& connection, const std::filesystem::path& file, Bytes limit)
    : connection_(connection), log_(std::filesystem::path(file) += "-wal"), due_(kPagesToMove) {
  if (limit.count != 0) {
    room_ = room_for_log(limit.count);
    const std::int64_t page = connection.integer("PRAGMA page_size");
    const std::uint64_t pages = (limit.count - room_) / static_cast<std::uint64_t>(page);
    connection.execute(("PRAGMA max_page_count = " + std::to_string(pages)).c_str());
  }
  // A log that became longer shrinks to this when it starts over.
  connection.execute("PRAGMA journal_size_limit = 67108864");
  (void)sqlite3_wal_hook(connection.handle(), &LogKeeper::committed, this);
}

LogKeeper::~LogKeeper() { (void)sqlite3_wal_hook(connection_.handle(), nullptr, nullptr); }

int LogKeeper::committed(void* self, sqlite3*, const char*, int pages) noexcept {
  static_cast<LogKeeper*>(self)->pages_ = pages;
  return SQLITE_OK;
}

std::uint64_t LogKeeper::log_size() const noexcept {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(log_, error);
  return error ? 0 : size;
}

std::uint64_t LogKeeper::room() const noexcept {
  if (room_ == 0) return UINT64_MAX;
  const std::uint64_t used = log_size();
  return used < room_ ? room_ - used : 0;
}

void LogKeeper::make_room(std::uint64_t bytes) {
  if (room_ == 0 || log_size() + bytes <= room_) return;
  const bool emptied = shrink();
  if (log_size() + bytes <= room_) return;
  if (!emptied && bytes <= room_) {
    throw Failure{{ErrorCode::kUnavailable, "the log is in use by a reader"}};
  }
  throw Failure{{ErrorCode::kResourceExhausted, "the log has no room left under max_file"}};
}

void LogKeeper::tidy() noexcept {
  // A log that started over is short again.
  if (pages_ < kPagesToMove) due_ = kPagesToMove;
  if (pages_ < due_) return;
  due_ = pages_ + kPagesToMove;
  // A mover never gets to the end of what is written all the time, and only then does the log start
  // over: that short rest is moved here.
  if (ask_mover_ && pages_ < kPagesToFinish) return ask_mover_();
  const bool wait = pages_ >= kPagesToWait;
  // Where it fails the log is as it was, and the next time comes.
  (void)move_log(wait ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE);
}

bool LogKeeper::shrink() noexcept {
  return (move_log(SQLITE_CHECKPOINT_TRUNCATE) & 0xff) != SQLITE_BUSY;
}

int LogKeeper::move_log(int way) noexcept {
  const std::chrono::milliseconds patience = connection_.patience();
  connection_.set_patience(std::min(patience, kWait));
  const int result = sqlite3_wal_checkpoint_v2(connection_.handle(), "main", way, nullptr, nullptr);
  connection_.set_patience(patience);
  return result;
}

}  // namespace sublet::adapters::sqlite

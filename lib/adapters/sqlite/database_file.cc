// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/database_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

#include "adapters/sqlite/failure.h"
#include "base/mutex.h"
#include "base/unique_fd.h"

namespace sublet::adapters::sqlite {
namespace {

constexpr std::string_view kMagic{"SQLite format 3\0", 16};
constexpr std::size_t kHeaderSize = 100;
constexpr std::size_t kApplicationIdAt = 68;
// Larger files are not read whole when they are opened; about a second's work.
constexpr std::int64_t kLargestChecked = std::int64_t{1} << 30;

[[noreturn]] void refuse(ErrorCode code, std::string why) {
  throw Failure{Error{code, std::move(why)}};
}

// A file descriptor that is closed takes every lock of this process on the file with it, those of
// other connections too. Nobody opens a file before this has closed it: who found it there waits.
base::Mutex& making_a_file() {
  static base::Mutex mutex;
  return mutex;
}

struct Header {
  std::int64_t size = 0;
  std::array<char, kHeaderSize> bytes{};

  bool has_magic() const {
    return std::string_view(bytes.data(), bytes.size()).substr(0, kMagic.size()) == kMagic;
  }
  bool is_blank() const {
    return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == 0; });
  }
  std::int64_t application_id() const {
    std::int64_t id = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      id = id << 8 | static_cast<unsigned char>(bytes[kApplicationIdAt + i]);
    }
    return id;
  }
};

// By SQLite's own descriptor (see making_a_file()), and before SQLite reads anything, since it
// would roll back what another program has left.
Header header_of(Connection& connection) {
  sqlite3_file* file = nullptr;
  int result = sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
  Header header;
  sqlite3_int64 size = 0;
  if (result == SQLITE_OK) result = file->pMethods->xFileSize(file, &size);
  if (result == SQLITE_OK && size > 0) {
    result = file->pMethods->xRead(file, header.bytes.data(), static_cast<int>(kHeaderSize), 0);
  }
  if (result != SQLITE_OK && result != SQLITE_IOERR_SHORT_READ) {
    fail(nullptr, result, "reading the file's header");
  }
  header.size = size;
  return header;
}

// Ours has our application_id from its first commit on. One that is blank may be ours where the
// machine stopped in the middle of that; SQLite knows by the journal, or says that it is none.
void check_is_ours(const Header& header, const DatabaseFile& file) {
  if (header.is_blank()) return;
  if (header.has_magic() && header.application_id() == file.schema->application_id) return;
  refuse(ErrorCode::kFailedPrecondition,
         file.path.string() + " is no database of Sublet's, or not of this kind");
}

// Finds what is wrong with the tree of pages and the form of rows: pages that are overwritten,
// missing, or belong to two tables. It does not find other bytes inside a value.
void check_is_whole(Connection& connection, const Header& header) {
  if (header.size > kLargestChecked) return;
  const std::string found = connection.text("PRAGMA quick_check(1)");
  if (found == "ok") return;
  refuse(ErrorCode::kFailedPrecondition, "the database is damaged: " + found);
}

void configure(Connection& connection) {
  // A file is not trusted because it has our mark: nothing in its schema runs, and pages that
  // don't add up are errors. What was removed is overwritten, also in free pages.
  connection.execute(
      "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;"
      "PRAGMA secure_delete = ON");
  const int result = sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_DEFENSIVE, 1,
                                       static_cast<int*>(nullptr));
  if (result != SQLITE_OK) fail(connection.handle(), result, "configuring a connection");
}

bool is_busy(const Failure& failure) { return (failure.result & 0xff) == SQLITE_BUSY; }

// Where two processes do this at once, SQLite tells one of them that the database is locked without
// waiting: both have begun to read what both want to write.
void use_log(Connection& connection) {
  const auto until = std::chrono::steady_clock::now() + connection.patience();
  for (;;) {
    try {
      const std::string mode = connection.text("PRAGMA journal_mode = WAL");
      if (mode == "wal") return;
      refuse(ErrorCode::kUnavailable, "the database cannot use a log; it is " + mode);
    } catch (const Failure& failure) {
      if (!is_busy(failure) || std::chrono::steady_clock::now() >= until) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

bool has_log(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(log_of(file), error);
  return !error && size > 0;
}

}  // namespace

std::filesystem::path log_of(const std::filesystem::path& file) {
  return std::filesystem::path(file) += "-wal";
}

bool make_private_file(const std::filesystem::path& file) {
  base::MutexLock lock(making_a_file());
  const base::UniqueFd made(
      ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (made) return true;
  const int error = errno;
  if (error == EEXIST) return false;
  const bool full = error == ENOSPC || error == EDQUOT;
  refuse(full ? ErrorCode::kResourceExhausted : ErrorCode::kUnavailable,
         "cannot make " + file.string() + ": " + std::generic_category().message(error));
}

std::filesystem::path plain_path(const std::filesystem::path& path) {
  if (path.empty() || path.native().find('\0') != std::string::npos) {
    refuse(ErrorCode::kInvalidArgument, "path is empty or has a zero byte");
  }
  std::error_code error;
  std::filesystem::path absolute = std::filesystem::absolute(path, error);
  if (error) refuse(ErrorCode::kUnavailable, "path: " + error.message());
  return absolute;
}

std::unique_ptr<Connection> open_for_writing(const DatabaseFile& file) {
  (void)make_private_file(file.path);
  auto connection = std::make_unique<Connection>(file.path, file.busy_timeout);
  // What is in a log may be the only whole copy of what is damaged in the database.
  connection->set_checkpoint_on_close(!has_log(file.path));
  const Header header = header_of(*connection);
  check_is_ours(header, file);
  if (sqlite3_db_readonly(connection->handle(), "main") != 0) {
    refuse(ErrorCode::kUnavailable, file.path.string() + " cannot be written");
  }
  configure(*connection);
  check_schema(*connection, *file.schema);
  check_is_whole(*connection, header);
  migrate(*connection, *file.schema);
  use_log(*connection);
  connection->execute(file.wait_for_disk ? "PRAGMA synchronous = FULL"
                                         : "PRAGMA synchronous = NORMAL");
  connection->execute("PRAGMA cache_size = -16384");
  connection->set_checkpoint_on_close(true);
  return connection;
}

std::unique_ptr<Connection> open_for_reading(const DatabaseFile& file) {
  auto connection = std::make_unique<Connection>(file.path, file.busy_timeout);
  configure(*connection);
  connection->execute("PRAGMA query_only = ON; PRAGMA cache_size = -4096");
  return connection;
}

}  // namespace sublet::adapters::sqlite

// SPDX-License-Identifier: Apache-2.0
#include "adapters/sqlite/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/failure.h"
#include "base/unique_fd.h"

namespace sublet::adapters::sqlite {
namespace {

[[noreturn]] void refuse(ErrorCode code, const std::string& why) { throw Failure{{code, why}}; }

// Made under another name: half a copy, left by a process that ended, is never taken for a whole
// one.
class PartialFile {
 public:
  explicit PartialFile(const std::filesystem::path& to)
      : path_(std::filesystem::path(to) += ".partial") {
    if (!make_private_file(path_)) {
      refuse(ErrorCode::kAlreadyExists, path_.string() + " exists, of a backup that did not end");
    }
  }
  ~PartialFile() {
    (void)::unlink(path_.c_str());
    (void)::unlink((path_.string() + "-journal").c_str());
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

  void become(const std::filesystem::path& to) const {
    if (::link(path_.c_str(), to.c_str()) != 0) {
      const int error = errno;
      refuse(error == EEXIST ? ErrorCode::kAlreadyExists : ErrorCode::kUnavailable,
             "cannot make " + to.string() + ": " + std::generic_category().message(error));
    }
    const base::UniqueFd folder(
        ::open(to.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder) (void)::fsync(folder.get());
  }

 private:
  const std::filesystem::path path_;
};

// In one step: it reads one moment of the log without keeping anybody from writing. In several
// steps every commit in between would make it start over.
void copy(Connection& from, Connection& to) {
  sqlite3_backup* backup = sqlite3_backup_init(to.handle(), "main", from.handle(), "main");
  if (backup == nullptr) fail(to.handle(), sqlite3_errcode(to.handle()), "starting a backup");
  const int stepped = sqlite3_backup_step(backup, -1);
  const int finished = sqlite3_backup_finish(backup);
  if (finished != SQLITE_OK) fail(to.handle(), finished, "copying the database");
  if (stepped != SQLITE_DONE) fail(nullptr, stepped, "copying the database");
}

}  // namespace

void back_up(const DatabaseFile& file, const std::filesystem::path& to) {
  const std::filesystem::path target = plain_path(to);
  std::error_code error;
  if (std::filesystem::exists(target, error)) {
    refuse(ErrorCode::kAlreadyExists, target.string() + " exists");
  }
  const PartialFile partial(target);
  {
    const std::unique_ptr<Connection> from = open_for_reading(file);
    Connection copied(partial.path(), file.busy_timeout);
    copied.execute("PRAGMA synchronous = FULL");
    copy(*from, copied);
  }
  partial.become(target);
}

}  // namespace sublet::adapters::sqlite

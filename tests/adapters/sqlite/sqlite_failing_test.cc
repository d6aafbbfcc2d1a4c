// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cerrno>

#include "adapters/sqlite/failing_disk.h"
#include "adapters/sqlite/failure.h"
#include "adapters/sqlite/held_writer.h"
#include "adapters/sqlite/sqlite_test_side.h"

// What a store says of commits that the disk did not say to have.
namespace sublet {

// What SQLite says of the machine's error depends on its version: some tell none for a COMMIT.
TEST_CASE("sqlite: which commits may be in the log") {
  using adapters::sqlite::Failure;
  const auto may_be = [](ErrorCode code, int result) {
    return adapters::sqlite::may_be_logged(Failure{{code, {}}, result});
  };
  CHECK(may_be(ErrorCode::kResourceExhausted, SQLITE_IOERR_FSYNC));
  CHECK(may_be(ErrorCode::kResourceExhausted, SQLITE_IOERR_DIR_FSYNC));
  CHECK(may_be(ErrorCode::kResourceExhausted, SQLITE_IOERR_SHMSIZE));
  CHECK(may_be(ErrorCode::kResourceExhausted, SQLITE_NOMEM));
  CHECK(may_be(ErrorCode::kUnavailable, SQLITE_IOERR_WRITE));
  CHECK_FALSE(may_be(ErrorCode::kResourceExhausted, SQLITE_IOERR_WRITE));
  CHECK_FALSE(may_be(ErrorCode::kResourceExhausted, SQLITE_FULL));
  CHECK_FALSE(may_be(ErrorCode::kUnavailable, SQLITE_BUSY));
}

TEST_CASE("sqlite: a commit that a crash may bring back is never said not to be done") {
  FailingDisk::prepare();
  for (const int error : {EIO, ENOSPC, EDQUOT}) {
    CAPTURE(error);
    const TemporaryFolder folder;
    const TemporaryFolder image;
    SqliteKeyValueOptions options;
    options.path = folder / "store.db";
    const auto store = open_store(options);
    REQUIRE(put(*store, "before", "value").has_value());
    {
      const FailingDisk disk(error);
      const auto committed = put(*store, "key", "value");
      REQUIRE_FALSE(committed.has_value());
      CHECK(committed.error().code == ErrorCode::kIndeterminate);
      // What is there if the process ends now.
      for (const char* file : {"store.db", "store.db-wal"}) {
        std::filesystem::copy_file(folder / file, image / file);
      }
    }
    SqliteKeyValueOptions of_image;
    of_image.path = image / "store.db";
    CHECK(value_at(*open_store(of_image), "key") == "value");
    CHECK(value_at(*store, "key") == "(none)");
    CHECK(put(*store, "after", "value").has_value());
    CHECK(value_at(*store, "after") == "value");
  }
}

TEST_CASE("sqlite: a group that may be in the log is not written again call by call") {
  FailingDisk::prepare();
  const TemporaryFolder folder;
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  const auto store = open_store(options);
  std::vector<Answer<KeyValueCommitted>> answers(20);
  HeldWriter held(*store);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    store->commit(commit_of({put_of("key" + std::to_string(i), "v")}), answers[i].callback());
  }
  const FailingDisk disk(ENOSPC);
  held.release();
  for (auto& answer : answers) {
    const auto committed = answer.get();
    REQUIRE_FALSE(committed.has_value());
    CHECK(committed.error().code == ErrorCode::kIndeterminate);
  }
  CHECK(disk.failures() == 1);
}

}  // namespace sublet

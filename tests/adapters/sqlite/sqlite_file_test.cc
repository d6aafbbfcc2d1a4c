// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <functional>
#include <map>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/failure.h"
#include "adapters/sqlite/schema.h"
#include "adapters/sqlite/sqlite_test_side.h"

// Files that a store is opened on: its own, older and newer ones, damaged ones, other people's.
namespace sublet {
namespace {

constexpr std::size_t kPage = 4096;

SqliteKeyValueOptions options_of(const std::filesystem::path& path) {
  SqliteKeyValueOptions options;
  options.path = path;
  return options;
}

// A store with 400 entries, closed.
void fill(const std::filesystem::path& path) {
  const auto store = open_store(options_of(path));
  std::vector<KeyValueWrite> writes;
  for (int i = 0; i < 200; ++i) {
    writes.push_back(put_of("key" + std::to_string(i), std::string(300, 'v')));
  }
  REQUIRE(commit(*store, commit_of(writes)).has_value());
  REQUIRE(commit(*store, commit_of(writes, "u")).has_value());
}

// What is in the folder, byte by byte.
std::map<std::string, std::string> contents_of(const TemporaryFolder& folder) {
  std::map<std::string, std::string> contents;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    // What processes share about the log; SQLite makes it anew.
    if (entry.path().extension() == ".db-shm") continue;
    contents[entry.path().filename()] = read_file(entry.path());
  }
  return contents;
}

void expect_refused(const TemporaryFolder& folder, const std::filesystem::path& path) {
  const auto before = contents_of(folder);
  const auto opened = SqliteKeyValueStore::open(options_of(path));
  REQUIRE_FALSE(opened.has_value());
  INFO(opened.error().message);
  CHECK(opened.error().code == ErrorCode::kFailedPrecondition);
  CHECK_FALSE(opened.error().message.empty());
  CHECK(contents_of(folder) == before);
}

void expect_refused_after(const std::function<void(std::string&)>& damage) {
  const TemporaryFolder folder;
  fill(folder / "store.db");
  std::string bytes = read_file(folder / "store.db");
  REQUIRE(bytes.size() > 20 * kPage);
  damage(bytes);
  write_file(folder / "store.db", bytes);
  expect_refused(folder, folder / "store.db");
}

}  // namespace

TEST_CASE("sqlite: a database whose header is damaged is refused and left alone") {
  expect_refused_after([](std::string& bytes) { bytes.replace(0, 16, "SQLite gone wild"); });
  expect_refused_after([](std::string& bytes) { bytes.replace(0, 100, std::string(100, '\0')); });
  // A page size that there cannot be.
  expect_refused_after([](std::string& bytes) { bytes.replace(16, 2, "\x13\x37"); });
  expect_refused_after([](std::string& bytes) { bytes.replace(100, 60, std::string(60, '\x5a')); });
}

TEST_CASE("sqlite: a database that is damaged in the middle is refused and left alone") {
  for (const std::size_t page : {3, 9, 17}) {
    CAPTURE(page);
    expect_refused_after([page](std::string& bytes) {
      bytes.replace(page * kPage, kPage, std::string(kPage, '\xa5'));
    });
  }
}

TEST_CASE("sqlite: a database that was cut off is refused and left alone") {
  expect_refused_after([](std::string& bytes) { bytes.resize(bytes.size() / kPage / 2 * kPage); });
  expect_refused_after([](std::string& bytes) { bytes.resize(bytes.size() - 1000); });
  expect_refused_after([](std::string& bytes) { bytes.resize(50); });
}

TEST_CASE("sqlite: a damaged database keeps its log") {
  const TemporaryFolder folder;
  const TemporaryFolder image;
  fill(folder / "store.db");
  {
    // What is there when the process ends in the middle: some of it only in the log.
    const auto store = open_store(options_of(folder / "store.db"));
    REQUIRE(put(*store, "new", "value").has_value());
    for (const char* file : {"store.db", "store.db-wal"}) {
      std::filesystem::copy_file(folder / file, image / file);
    }
  }
  {
    const TemporaryFolder whole;
    for (const char* file : {"store.db", "store.db-wal"}) {
      std::filesystem::copy_file(image / file, whole / file);
    }
    CHECK(value_at(*open_store(options_of(whole / "store.db")), "new") == "value");
  }
  std::string bytes = read_file(image / "store.db");
  bytes.replace(9 * kPage, kPage, std::string(kPage, '\xa5'));
  write_file(image / "store.db", bytes);
  expect_refused(image, image / "store.db");
}

TEST_CASE("sqlite: a file of somebody else is refused and left alone") {
  const TemporaryFolder folder;
  write_file(folder / "notes.txt", "Bread, milk, and something for the cat.\n");
  expect_refused(folder, folder / "notes.txt");
  write_file(folder / "zeros", std::string(3 * kPage, '\0'));
  expect_refused(folder, folder / "zeros");
  BareSqlite(folder / "other.db").execute("CREATE TABLE mine (a); INSERT INTO mine VALUES (1)");
  expect_refused(folder, folder / "other.db");
}

TEST_CASE("sqlite: a database of a newer schema is refused and left alone") {
  const TemporaryFolder folder;
  fill(folder / "store.db");
  BareSqlite(folder / "store.db").execute("PRAGMA user_version = 2");
  expect_refused(folder, folder / "store.db");
}

TEST_CASE("sqlite: an older schema is migrated, an empty file filled") {
  const TemporaryFolder folder;
  BareSqlite(folder / "old.db")
      .execute("PRAGMA application_id = " +
               std::to_string(adapters::sqlite::key_value_schema().application_id));
  write_file(folder / "empty.db", "");
  for (const char* file : {"old.db", "empty.db"}) {
    CAPTURE(file);
    REQUIRE(put(*open_store(options_of(folder / file)), "key", "value").has_value());
    CHECK(value_at(*open_store(options_of(folder / file)), "key") == "value");
    BareSqlite bare(folder / file);
    CHECK(bare.integer("PRAGMA user_version") == 1);
    CHECK(bare.text("PRAGMA journal_mode") == "wal");
    CHECK(bare.text("PRAGMA integrity_check") == "ok");
  }
}

TEST_CASE("sqlite: a migration is done step by step, and as a whole or not at all") {
  using namespace adapters::sqlite;
  const TemporaryFolder folder;
  fill(folder / "store.db");
  Schema schema = key_value_schema();
  auto& steps = schema.steps;
  steps.push_back("CREATE TABLE second (a)");
  steps.push_back("CREATE TABLE third (a); CREATE TABLE second (a)");
  {
    Connection connection(folder / "store.db", std::chrono::seconds(10));
    CHECK_THROWS_AS(migrate(connection, schema), Failure);
    CHECK(connection.integer("PRAGMA user_version") == 1);
    CHECK(connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'second'") == 0);
    steps.back() = "CREATE TABLE third (a)";
    migrate(connection, schema);
    CHECK(connection.integer("PRAGMA user_version") == 3);
    CHECK(connection.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'third'") == 1);
    CHECK(connection.integer("SELECT count(*) FROM entry") == 400);
  }
  expect_refused(folder, folder / "store.db");
}

TEST_CASE("sqlite: only the process's user can read the files") {
  const TemporaryFolder folder;
  const mode_t before = ::umask(0);
  const auto store = open_store(options_of(folder / "store.db"));
  REQUIRE(put(*store, "key", "value").has_value());
  REQUIRE(store->backup(folder / "copy.db").has_value());
  ::umask(before);
  for (const char* file : {"store.db", "store.db-wal", "store.db-shm", "copy.db"}) {
    CAPTURE(file);
    struct stat status {};
    REQUIRE(::stat((folder / file).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
}

TEST_CASE("sqlite: a path is a path, whatever is in it") {
  const TemporaryFolder folder;
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  for (const std::string name :
       {"file:store.db?mode=memory", ":memory:", "a?b#c%41 d'e\"\xff\xc3.db"}) {
    CAPTURE(name);
    REQUIRE(put(*open_store(options_of(name)), "key", name).has_value());
    CHECK(std::filesystem::file_size(folder / name) > 0);
    CHECK(value_at(*open_store(options_of(folder / name)), "key") == name);
  }
  std::filesystem::current_path(here);
}

TEST_CASE("sqlite: a path that leads nowhere is unavailable") {
  const TemporaryFolder folder;
  const auto missing = SqliteKeyValueStore::open(options_of(folder / "none" / "store.db"));
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().code == ErrorCode::kUnavailable);
  const auto directory = SqliteKeyValueStore::open(options_of(folder.path()));
  REQUIRE_FALSE(directory.has_value());
  CHECK(directory.error().code == ErrorCode::kUnavailable);
}

TEST_CASE("sqlite: a folder that cannot be written is unavailable") {
  const TemporaryFolder folder;
  fill(folder / "store.db");
  // Permissions stop everybody but root; what stops root too only root can have.
  const bool root = ::geteuid() == 0;
  if (root &&
      ::mount(folder.path().c_str(), folder.path().c_str(), nullptr, MS_BIND, nullptr) != 0) {
    MESSAGE("skipped: may not mount");
    return;
  }
  if (root) {
    REQUIRE(::mount(nullptr, folder.path().c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY,
                    nullptr) == 0);
  } else {
    REQUIRE(::chmod((folder / "store.db").c_str(), 0400) == 0);
    REQUIRE(::chmod(folder.path().c_str(), 0500) == 0);
  }
  for (const char* file : {"store.db", "new.db"}) {
    const auto opened = SqliteKeyValueStore::open(options_of(folder / file));
    REQUIRE_FALSE(opened.has_value());
    INFO(opened.error().message);
    CHECK(opened.error().code == ErrorCode::kUnavailable);
  }
  if (root) CHECK(::umount(folder.path().c_str()) == 0);
  ::chmod(folder.path().c_str(), 0700);
}

TEST_CASE("sqlite: options out of range name their field") {
  const TemporaryFolder folder;
  auto refused = [&](const std::function<void(SqliteKeyValueOptions&)>& change) -> std::string {
    SqliteKeyValueOptions options = options_of(folder / "store.db");
    change(options);
    const auto opened = SqliteKeyValueStore::open(options);
    if (opened.has_value() || opened.error().code != ErrorCode::kInvalidArgument) return "opened";
    return opened.error().message.substr(0, opened.error().message.find(' '));
  };
  CHECK(refused([](auto& options) { options.path.clear(); }) == "path");
  CHECK(refused([](auto& options) { options.readers = 0; }) == "readers");
  CHECK(refused([](auto& options) { options.readers = 65; }) == "readers");
  CHECK(refused([](auto& options) { options.max_queue = 0; }) == "max_queue");
  CHECK(refused([](auto& options) { options.max_group = 10'001; }) == "max_group");
  CHECK(refused([](auto& options) { options.busy_timeout = std::chrono::milliseconds(-1); }) ==
        "busy_timeout");
  CHECK(refused([](auto& options) { options.max_file = Bytes{1023}; }) == "max_file");
  CHECK(refused([](auto& options) { options.purge_interval = std::chrono::milliseconds(999); }) ==
        "purge_interval");
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("sqlite: damage that is met later is an error, and not written over") {
  const TemporaryFolder folder;
  fill(folder / "store.db");
  const auto store = open_store(options_of(folder / "store.db"));
  // What another process commits takes away what the store has in its memory.
  BareSqlite(folder / "store.db").execute("UPDATE store SET version_floor = 7");
  std::string bytes = read_file(folder / "store.db");
  // All pages but the schema's and those that lead to others.
  const std::string garbage(kPage, '\xa5');
  for (std::size_t page = 10; page + 1 < bytes.size() / kPage; ++page) {
    bytes.replace(page * kPage, kPage, garbage);
  }
  write_file(folder / "store.db", bytes);
  int errors = 0;
  for (int i = 0; i < 200; ++i) {
    const auto written = put(*store, "key" + std::to_string(i), "other");
    if (written.has_value()) continue;
    ++errors;
    CHECK(written.error().code == ErrorCode::kFailedPrecondition);
  }
  CHECK(errors > 0);
  CHECK_FALSE(put(*store, "somewhere else", "value").has_value());
  CHECK(read_file(folder / "store.db") == bytes);
}

}  // namespace sublet

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <thread>

#include "adapters/sqlite/connection.h"
#include "adapters/sqlite/database_file.h"
#include "adapters/sqlite/group_writer.h"
#include "adapters/sqlite/sqlite_test_side.h"
#include "adapters/sqlite/store.h"

// What goes on beside the calls: backups, purging, other processes, erasing.
namespace sublet {
namespace {

constexpr KeyValueTime kStart{std::chrono::milliseconds(1'700'000'000'000)};

// A time that the test sets.
struct SetTime {
  std::atomic<std::int64_t> after_start{0};

  KeyValueClock clock() {
    return [this] { return kStart + std::chrono::milliseconds(after_start.load()); };
  }
};

std::int64_t rows_in(const std::filesystem::path& file) {
  return BareSqlite(file).integer("SELECT count(*) FROM entry");
}

// A process of its own that holds a lock on the database until this goes.
class LockingProcess {
 public:
  LockingProcess(const std::filesystem::path& file, const std::vector<std::string>& sql) {
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    process_ = ::fork();
    if (process_ == 0) hold(file, sql, ready[1]);
    ::close(ready[1]);
    char byte = 0;
    const bool locked = ::read(ready[0], &byte, 1) == 1;
    ::close(ready[0]);
    REQUIRE(locked);
  }
  ~LockingProcess() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  LockingProcess(const LockingProcess&) = delete;
  LockingProcess& operator=(const LockingProcess&) = delete;

 private:
  [[noreturn]] static void hold(const std::filesystem::path& file,
                                const std::vector<std::string>& sql, int ready) {
    sqlite3* handle = nullptr;
    bool good = sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr) == SQLITE_OK;
    for (const std::string& one : sql) {
      good = good && sqlite3_exec(handle, one.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    }
    if (good && ::write(ready, "1", 1) == 1) ::pause();
    ::_exit(1);
  }

  pid_t process_ = -1;
};

}  // namespace

TEST_CASE("sqlite: a database that another process writes is unavailable, then available again") {
  const TemporaryFolder folder;
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  options.busy_timeout = std::chrono::milliseconds(50);
  (void)put(*open_store(options), "key", "before");
  auto locked = std::make_unique<LockingProcess>(
      options.path, std::vector<std::string>{"BEGIN IMMEDIATE", "UPDATE store SET id = 1"});
  const auto store = open_store(options);
  const auto refused = put(*store, "key", "meanwhile");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::kUnavailable);
  CHECK(value_at(*store, "key") == "before");
  locked.reset();
  CHECK(put(*store, "key", "after").has_value());
  CHECK(value_at(*store, "key") == "after");
}

TEST_CASE("sqlite: a database that another process has for itself cannot be opened") {
  const TemporaryFolder folder;
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  options.busy_timeout = std::chrono::milliseconds(50);
  (void)put(*open_store(options), "key", "value");
  {
    const LockingProcess locked(options.path, {"PRAGMA locking_mode = EXCLUSIVE", "BEGIN IMMEDIATE",
                                               "UPDATE store SET id = 1", "COMMIT"});
    const auto refused = SqliteKeyValueStore::open(options);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::kUnavailable);
  }
  CHECK(value_at(*open_store(options), "key") == "value");
}

TEST_CASE("sqlite: a backup is of one moment, while writes go on") {
  const TemporaryFolder folder;
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  options.durability = SqliteKeyValueOptions::Durability::kProcess;
  const auto store = open_store(options);
  std::atomic<bool> enough{false};
  std::atomic<int> written{0};
  std::thread writing([&] {
    for (int i = 0; !enough && i < 1'000'000; ++i) {
      const std::string stamp = std::to_string(i) + std::string(500, ' ');
      (void)commit(*store, commit_of({put_of("a" + std::to_string(i % 50), stamp),
                                      put_of("b" + std::to_string(i % 50), stamp)}));
      ++written;
    }
  });
  for (int i = 0; i < 5; ++i) {
    while (written < 100 * (i + 1)) std::this_thread::yield();
    const auto copy = folder / ("copy" + std::to_string(i));
    REQUIRE(put(*store, "last", std::to_string(i)).has_value());
    REQUIRE(store->backup(copy).has_value());
    SqliteKeyValueOptions of_copy;
    of_copy.path = copy;
    const auto copied = open_store(of_copy);
    CHECK(value_at(*copied, "last") == std::to_string(i));
    for (int key = 0; key < 50; ++key) {
      CHECK(value_at(*copied, "a" + std::to_string(key)) ==
            value_at(*copied, "b" + std::to_string(key)));
    }
  }
  enough = true;
  writing.join();
}

TEST_CASE("sqlite: a backup writes over nothing and leaves nothing behind") {
  const TemporaryFolder folder;
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  const auto store = open_store(options);
  write_file(folder / "precious", "mine");
  CHECK(store->backup(folder / "precious").error().code == ErrorCode::kAlreadyExists);
  CHECK(store->backup(options.path).error().code == ErrorCode::kAlreadyExists);
  CHECK(store->backup(folder / "none" / "copy").error().code == ErrorCode::kUnavailable);
  CHECK(read_file(folder / "precious") == "mine");
  REQUIRE(store->backup(folder / "copy").has_value());
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(folder.path())) {
    ++files;
  }
  CHECK(files == 5);  // the store's three, the precious one, the copy
}

TEST_CASE("sqlite: a backup from a callback is refused") {
  const TemporaryFolder folder;
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  const auto store = open_store(options);
  Answer<int> code;
  store->commit(commit_of({put_of("k", "v")}),
                [&, done = code.callback()](Result<KeyValueCommitted>) {
                  done(static_cast<int>(store->backup(folder / "copy").error().code));
                });
  CHECK(code.get().value() == static_cast<int>(ErrorCode::kFailedPrecondition));
}

TEST_CASE("sqlite: purging takes out what expired, a part at a time") {
  using namespace adapters::sqlite;
  const TemporaryFolder folder;
  SetTime time;
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  options.clock = time.clock();
  const auto connection = open_for_writing(KeyValueSide::database_of(options));
  GroupWriter writer(*connection, options);
  std::vector<WriteCall> group;
  for (int i = 0; i < 600; ++i) {
    group.push_back(CommitCall{commit_of({put_of("key" + std::to_string(i), "value",
                                                 KeyValueExpiry::after(std::chrono::seconds(1)))},
                                         "t" + std::to_string(i % 3)),
                               [](auto) {},
                               {}});
  }
  group.push_back(CommitCall{commit_of({put_of("stays", "value")}, "t0"), [](auto) {}, {}});
  CHECK_FALSE(writer.write(group, true));
  CHECK(rows_in(options.path) == 601);
  time.after_start = 1000;
  group.clear();
  CHECK(writer.write(group, true));
  CHECK(rows_in(options.path) == 345);
  CHECK(writer.write(group, true));
  CHECK_FALSE(writer.write(group, true));
  CHECK(rows_in(options.path) == 1);
  BareSqlite bare(options.path);
  CHECK(bare.integer("SELECT sum(keys) FROM tenant") == 1);
  CHECK(bare.integer("SELECT sum(bytes) FROM tenant") == 10);
}

TEST_CASE("sqlite: the store purges by itself") {
  const TemporaryFolder folder;
  SetTime time;
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  options.clock = time.clock();
  // Less than hosts may say.
  options.purge_interval = std::chrono::milliseconds(1);
  const auto store = adapters::sqlite::Store::open(options);
  auto write = [&](KeyValueWrite one) {
    Answer<KeyValueCommitted> answer;
    store->push(adapters::sqlite::CommitCall{commit_of({std::move(one)}), answer.callback(), {}});
    return answer.get().has_value();
  };
  for (int i = 0; i < 300; ++i) {
    REQUIRE(write(put_of("key" + std::to_string(i), "value",
                         KeyValueExpiry::after(std::chrono::seconds(1)))));
  }
  time.after_start = 1000;
  std::int64_t rows = 300;
  for (int i = 0; i < 10'000 && rows > 0; ++i) {
    REQUIRE(write(remove_of("none")));
    rows = rows_in(options.path);
  }
  CHECK(rows == 0);
  store->close();
}

TEST_CASE("sqlite: a quota is not refused for what expired, and no more is purged than it takes") {
  const TemporaryFolder folder;
  SetTime time;
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  options.clock = time.clock();
  const auto store = open_store(options);
  for (int i = 0; i < 5; ++i) {
    std::vector<KeyValueWrite> writes;
    for (int j = 0; j < 200; ++j) {
      writes.push_back(put_of("key" + std::to_string(i * 200 + j), "value",
                              KeyValueExpiry::after(std::chrono::seconds(1))));
    }
    REQUIRE(commit(*store, commit_of(std::move(writes))).has_value());
  }
  time.after_start = 1000;
  KeyValueCommit one_more = commit_of({put_of("new", "value")});
  one_more.max_keys = 900;
  CHECK(commit(*store, one_more)->status == KeyValueCommitted::Status::kCommitted);
  CHECK(rows_in(options.path) == 1000 - 256 + 1);
  one_more.writes = {put_of("newer", "value")};
  one_more.max_keys = 1;
  CHECK(commit(*store, one_more)->status == KeyValueCommitted::Status::kOverKeys);
  CHECK(rows_in(options.path) == 1);
  CHECK(*usage(*store) == KeyValueUsage{1, Bytes{8}});
}

TEST_CASE("sqlite: versions go on where a tenant was erased, and nothing remembers it") {
  const TemporaryFolder folder;
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  std::uint64_t last = 0;
  for (int round = 0; round < 3; ++round) {
    const auto store = open_store(options);
    for (int i = 0; i < 10; ++i) {
      const auto written = put(*store, "key", "secret value");
      REQUIRE(written.has_value());
      CHECK(written->version > last);
      last = written->version;
    }
    CHECK(erase(*store).value() == 1);
    CHECK(erase(*store).value() == 0);
    CHECK(BareSqlite(options.path).integer("SELECT count(*) FROM tenant") == 0);
  }
  CHECK(read_file(options.path).find("secret value") == std::string::npos);
}

}  // namespace sublet

// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/mount.h>

#include <fstream>

#include "adapters/sqlite/held_writer.h"
#include "adapters/sqlite/sqlite_test_side.h"
#include "adapters/sqlite/store.h"

// Databases that cannot grow any more.
namespace sublet {
namespace {

// A file system of two MiB. Only root can have one.
class SmallDisk {
 public:
  explicit SmallDisk(const std::filesystem::path& folder) : folder_(folder) {
    mounted_ = ::mount("none", folder.c_str(), "tmpfs", 0, "size=2m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) (void)::umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool is_there() const { return mounted_; }

 private:
  const std::filesystem::path folder_;
  bool mounted_ = false;
};

const std::string& large_value() {
  static const std::string value(20'000, 'x');
  return value;
}

// Puts large entries until it is refused; answers how many there are.
int fill_up(KeyValueStore& store) {
  for (int i = 0; i < 10'000; ++i) {
    const auto written = put(store, "key" + std::to_string(i), large_value());
    if (written.has_value()) continue;
    INFO(written.error().message);
    CHECK(written.error().code == ErrorCode::kResourceExhausted);
    return i;
  }
  FAIL("the store is never full");
  return 0;
}

void expect_entries(KeyValueStore& store, int count) {
  for (int i = 0; i < count; ++i) {
    CHECK(value_at(store, "key" + std::to_string(i)) == large_value());
  }
  CHECK(value_at(store, "key" + std::to_string(count)) == "(none)");
  CHECK(usage(store)->keys == static_cast<std::uint64_t>(count));
}

std::uintmax_t size_of(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  return error ? 0 : size;
}

}  // namespace

TEST_CASE("sqlite: a full disk refuses commits and loses none") {
  const TemporaryFolder folder;
  const SmallDisk disk(folder.path());
  if (!disk.is_there()) {
    MESSAGE("skipped: may not mount a small file system");
    return;
  }
  write_file(folder / "ballast", std::string(400'000, 'b'));
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  int count = 0;
  {
    const auto store = open_store(options);
    count = fill_up(*store);
    CHECK(count > 10);
    expect_entries(*store, count);
    CHECK(put(*store, "other", large_value()).error().code == ErrorCode::kResourceExhausted);
    std::filesystem::remove(folder / "ballast");
    // There is room again, and nobody has to start anything anew.
    CHECK(put(*store, "small", "value").has_value());
    CHECK(commit(*store, commit_of({remove_of("small")})).has_value());
  }
  expect_entries(*open_store(options), count);
  CHECK(BareSqlite(options.path).text("PRAGMA integrity_check") == "ok");
}

TEST_CASE("sqlite: a disk that is full from the start is no reason to be half there") {
  const TemporaryFolder folder;
  const SmallDisk disk(folder.path());
  if (!disk.is_there()) {
    MESSAGE("skipped: may not mount a small file system");
    return;
  }
  std::ofstream ballast(folder / "ballast");
  while (ballast << std::string(65'536, 'b') << std::flush) {
  }
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  const auto refused = SqliteKeyValueStore::open(options);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::kResourceExhausted);
  std::filesystem::remove(folder / "ballast");
  ballast.close();
  CHECK(put(*open_store(options), "key", "value").has_value());
}

TEST_CASE("sqlite: max_file bounds file and log, and removing makes room") {
  const TemporaryFolder folder;
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  options.max_file = Bytes::mebibytes(1);
  int count = 0;
  {
    const auto store = open_store(options);
    count = fill_up(*store);
    CHECK(count > 10);
    expect_entries(*store, count);
    CHECK(size_of(options.path) + size_of(folder / "store.db-wal") <= options.max_file.count);
    // The same entry again is not growth.
    CHECK(put(*store, "key0", large_value()).has_value());
    for (int i = 0; i < 5; ++i) {
      CHECK(commit(*store, commit_of({remove_of("key" + std::to_string(--count))})).has_value());
    }
    CHECK(put(*store, "key" + std::to_string(count++), large_value()).has_value());
  }
  const auto store = open_store(options);
  expect_entries(*store, count);
  CHECK(fill_up(*store) > count);
  CHECK(erase(*store).has_value());
  CHECK(usage(*store)->keys == 0);
  CHECK(fill_up(*store) > 10);
  CHECK(size_of(options.path) + size_of(folder / "store.db-wal") <= options.max_file.count);
}

TEST_CASE("sqlite: a log that a reader holds is not full, and nobody waits long for it") {
  const TemporaryFolder folder;
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  options.max_file = Bytes::mebibytes(2);
  // Longer than this test may take.
  options.busy_timeout = std::chrono::seconds(60);
  const auto store = open_store(options);
  REQUIRE(put(*store, "first", "value").has_value());
  BareSqlite reader(options.path);
  reader.execute("BEGIN; SELECT * FROM entry");
  // The same few entries again: only the log grows.
  std::optional<Error> refused;
  for (int i = 0; i < 200 && !refused.has_value(); ++i) {
    const auto written = put(*store, "key" + std::to_string(i % 4), large_value());
    if (!written.has_value()) refused = written.error();
  }
  REQUIRE(refused.has_value());
  CHECK(refused->code == ErrorCode::kUnavailable);
  CHECK(refused->message.find("reader") != std::string::npos);
  std::vector<Answer<KeyValueCommitted>> answers(64);
  {
    HeldWriter held(*store, commit_of({remove_of("none")}));
    for (auto& answer : answers) {
      store->commit(commit_of({put_of("key0", large_value())}), answer.callback());
    }
  }
  for (auto& answer : answers) CHECK(answer.get().error().code == ErrorCode::kUnavailable);
  CHECK(size_of(options.path) + size_of(folder / "store.db-wal") <= options.max_file.count);
  reader.execute("COMMIT");
  CHECK(put(*store, "key0", large_value()).has_value());
}

TEST_CASE("sqlite: what computes make counts for the size of a transaction") {
  const TemporaryFolder folder;
  SqliteKeyValueOptions options;
  options.path = folder / "store.db";
  options.max_file = Bytes::mebibytes(8);  // 4 of them for the log, 2 for a transaction
  const auto store = adapters::sqlite::Store::open(options);
  const auto computed = [](const std::string& key, std::size_t size) {
    KeyValueWrite write = put_of(key, "");
    write.kind = KeyValueWrite::Kind::kCompute;
    write.compute = [size](const KeyValueEntry*, std::uint64_t) {
      return std::optional(KeyValueValue{KeyValueType::kBytes, std::string(size, 'x')});
    };
    return commit_of({write});
  };
  std::vector<Answer<KeyValueCommitted>> answers(100);
  const auto push = [&](KeyValueCommit request, Answer<KeyValueCommitted>& answer) {
    store->push(adapters::sqlite::CommitCall{std::move(request), answer.callback(), {}});
  };
  {
    HeldWriter held(*store);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      push(computed("key" + std::to_string(i), 20'000), answers[i]);
    }
  }
  for (auto& answer : answers) CHECK(answer.get().has_value());
  CHECK(store->transactions() == 3);  // the held one, and two for what comes to 3 MiB
  Answer<KeyValueCommitted> large, too_large, last;
  {
    HeldWriter held(*store);
    push(computed("too large", 5'000'000), too_large);
    push(computed("large", 1'000'000), large);
    push(computed("last", 1), last);
  }
  CHECK(too_large.get().error().code == ErrorCode::kResourceExhausted);
  CHECK(large.get().has_value());
  CHECK(last.get().has_value());
  CHECK(size_of(folder / "store.db-wal") <= options.max_file.count / 2);
  CHECK(size_of(options.path) + size_of(folder / "store.db-wal") <= options.max_file.count);
  store->close();
}

}  // namespace sublet

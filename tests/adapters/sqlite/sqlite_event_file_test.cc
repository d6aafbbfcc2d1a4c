// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cerrno>
#include <functional>
#include <optional>

#include "adapters/sqlite/failing_disk.h"
#include "adapters/sqlite/sqlite_event_test_side.h"

// Files that a queue is opened on, and disks that refuse.
namespace sublet {
namespace {

constexpr std::size_t kPage = 4096;

SqliteEventQueueOptions options_in(const TemporaryFolder& folder) {
  SqliteEventQueueOptions options;
  options.path = folder / "queue.db";
  return options;
}

void fill(const SqliteEventQueueOptions& options) {
  const auto queue = open_queue(options);
  std::vector<EventEnqueue> units(400, unit_of("t", std::string(300, 'p')));
  REQUIRE(enqueue(*queue, units).has_value());
}

void expect_refused(const SqliteEventQueueOptions& options) {
  const std::string before = read_file(options.path);
  const auto opened = SqliteEventQueue::open(options);
  REQUIRE_FALSE(opened.has_value());
  INFO(opened.error().message);
  CHECK(opened.error().code == ErrorCode::kFailedPrecondition);
  CHECK(read_file(options.path) == before);
}

}  // namespace

TEST_CASE("sqlite events: a file that is damaged, cut off or of somebody else is left alone") {
  const std::function<void(std::string&)> damages[] = {
      [](std::string& bytes) { bytes.replace(0, 16, "SQLite gone wild"); },
      [](std::string& bytes) { bytes.replace(9 * kPage, kPage, std::string(kPage, '\xa5')); },
      [](std::string& bytes) { bytes.resize(bytes.size() / kPage / 2 * kPage); },
      [](std::string& bytes) { bytes = "a letter to somebody"; }};
  for (const auto& damage : damages) {
    const TemporaryFolder folder;
    const auto options = options_in(folder);
    fill(options);
    std::string bytes = read_file(options.path);
    REQUIRE(bytes.size() > 20 * kPage);
    damage(bytes);
    write_file(options.path, bytes);
    expect_refused(options);
  }
}

TEST_CASE("sqlite events: neither is a key-value store's file, nor the other way round") {
  const TemporaryFolder folder;
  const auto options = options_in(folder);
  SqliteKeyValueOptions of_store;
  of_store.path = options.path;
  { (void)open_store(of_store); }
  expect_refused(options);
  of_store.path = folder / "other.db";
  auto of_queue = options;
  of_queue.path = of_store.path;
  fill(of_queue);
  const auto refused = SqliteKeyValueStore::open(of_store);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::kFailedPrecondition);
}

TEST_CASE("sqlite events: a newer schema is refused") {
  const TemporaryFolder folder;
  const auto options = options_in(folder);
  fill(options);
  { BareSqlite(options.path).execute("PRAGMA user_version = 2; PRAGMA wal_checkpoint(TRUNCATE)"); }
  expect_refused(options);
}

TEST_CASE("sqlite events: options out of their range are named") {
  const TemporaryFolder folder;
  const auto expect_named = [&](const std::string& name, auto&& change) {
    auto options = options_in(folder);
    change(options);
    const auto opened = SqliteEventQueue::open(options);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == ErrorCode::kInvalidArgument);
    CHECK(opened.error().message.find(name) != std::string::npos);
  };
  using Options = SqliteEventQueueOptions;
  expect_named("readers", [](Options& options) { options.readers = 0; });
  expect_named("max_queue", [](Options& options) { options.max_queue = 0; });
  expect_named("max_group", [](Options& options) { options.max_group = 10'001; });
  expect_named("busy_timeout",
               [](Options& options) { options.busy_timeout = std::chrono::milliseconds(-1); });
  expect_named("purge_interval",
               [](Options& options) { options.purge_interval = std::chrono::milliseconds(999); });
  expect_named("max_file", [](Options& options) { options.max_file = Bytes{4096}; });
  expect_named("path", [](Options& options) { options.path = ""; });
}

TEST_CASE("sqlite events: a full file takes nothing new, but settlements, which make room") {
  const TemporaryFolder folder;
  auto options = options_in(folder);
  options.max_file = Bytes::mebibytes(1);
  const auto queue = open_queue(options);
  const std::string payload(5000, 'p');
  int count = 0;
  std::optional<Error> refused;
  for (; count < 1000 && !refused.has_value(); ++count) {
    const auto enqueued = enqueue(*queue, {unit_of("t", payload)});
    if (!enqueued.has_value()) refused = enqueued.error();
  }
  REQUIRE(refused.has_value());
  CHECK(refused->code == ErrorCode::kResourceExhausted);
  --count;
  CHECK(count > 10);
  CHECK(counts(*queue, "t").waiting == static_cast<std::uint64_t>(count));
  EventRecordWrite write;
  write.kind = "k";
  write.name = "n";
  write.data = "d";
  Answer<EventEnqueued> record;
  queue->write_records({write}, record.callback());
  CHECK(record.get().error().code == ErrorCode::kResourceExhausted);
  auto claimed = claim(*queue, "t", 5);
  REQUIRE(claimed.has_value());
  REQUIRE(claimed->size() == 5);
  CHECK(settle(*queue, {claimed->front()}, EventSettlement::Kind::kRetry).has_value());
  claimed->erase(claimed->begin());
  const auto settled = settle(*queue, *claimed);
  REQUIRE(settled.has_value());
  CHECK(*settled == std::vector<bool>(4, true));
  CHECK(enqueue(*queue, {unit_of("t", payload)}).has_value());
  CHECK(std::filesystem::file_size(options.path) +
            std::filesystem::file_size(folder / "queue.db-wal") <=
        options.max_file.count);
}

TEST_CASE("sqlite events: what the disk did not say to have is indeterminate, but for claims") {
  FailingDisk::prepare();
  const TemporaryFolder folder;
  const auto queue = open_queue(options_in(folder));
  REQUIRE(enqueue(*queue, {unit_of("t"), unit_of("t")}).has_value());
  const auto first = claim(*queue, "t");
  REQUIRE(first.has_value());
  {
    const FailingDisk disk(EIO);
    // A claim need not survive the machine, so that it does not wait for the disk.
    const auto second = claim(*queue, "t");
    REQUIRE(second.has_value());
    CHECK(second->size() == 1);
    CHECK(disk.failures() == 0);
    CHECK(enqueue(*queue, {unit_of("t")}).error().code == ErrorCode::kIndeterminate);
    CHECK(settle(*queue, *first).error().code == ErrorCode::kIndeterminate);
    CHECK(disk.failures() == 2);
  }
  CHECK(*settle(*queue, *first) == std::vector<bool>{true});
  CHECK(counts(*queue, "t").claimed == 1);
}

}  // namespace sublet

// SPDX-License-Identifier: Apache-2.0
#include <sqlite3.h>

#include <atomic>
#include <functional>
#include <semaphore>

#include "bench/host_side.h"
#include "bench/inputs.h"
#include "bench/scratch_folder.h"
#include "bench/slow_disk.h"
#include "bench/works.h"
#include "sublet/adapters/sqlite_key_value_store.h"

namespace sublet::bench {
namespace {

// Commits that are under way at the same time. Each loop writes the entry that is its own.
constexpr std::size_t kLoops = 64;
constexpr char kTenant[] = "tenant";
// What the slow disk takes longer than this one: a sync of an ordinary one.
constexpr std::chrono::microseconds kSlowSync{1000};

std::string key_of(std::size_t loop) { return "key-" + std::to_string(loop); }

const std::string& value() {
  static const std::string bytes(256, 'v');
  return bytes;
}

// SQLite and nothing else: one prepared statement, which is a transaction by itself.
class BareSqlite {
 public:
  explicit BareSqlite(const std::string& file) {
    check(sqlite3_open(file.c_str(), &database_));
    execute("PRAGMA journal_mode = WAL");
    execute("PRAGMA synchronous = FULL");
    execute("CREATE TABLE entry (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID");
    check(sqlite3_prepare_v2(database_, "INSERT OR REPLACE INTO entry VALUES (?, ?)", -1, &put_,
                             nullptr));
  }
  ~BareSqlite() {
    sqlite3_finalize(put_);
    sqlite3_close(database_);
  }
  BareSqlite(const BareSqlite&) = delete;
  BareSqlite& operator=(const BareSqlite&) = delete;

  void put(const std::string& key) {
    bind(1, key);
    bind(2, value());
    if (sqlite3_step(put_) != SQLITE_DONE) throw Failure(sqlite3_errmsg(database_));
    check(sqlite3_reset(put_));
  }

 private:
  void bind(int place, const std::string& bytes) {
    check(sqlite3_bind_blob64(put_, place, bytes.data(), bytes.size(), SQLITE_STATIC));
  }
  void execute(const char* sql) { check(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr)); }
  void check(int result) {
    if (result != SQLITE_OK) throw Failure(sqlite3_errmsg(database_));
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* put_ = nullptr;
};

// Loops over a store, each with one call under way; the answer begins the next.
class StoreLoops {
 public:
  using Done = std::function<void(bool good)>;
  using Begin = std::function<void(std::size_t loop, Done done)>;

  StoreLoops(std::size_t loops, Begin begin) : loops_(loops), begin_(std::move(begin)) {}

  // Calls a second, for about this long.
  double rate(double seconds) {
    const std::uint64_t start = wall_ns();
    until_ns_ = start + static_cast<std::uint64_t>(seconds * 1e9);
    calls_ = 0;
    active_ = loops_;
    for (std::size_t loop = 0; loop < loops_; ++loop) go_on(loop);
    idle_.acquire();
    if (failed_) throw Failure("a call to the store failed");
    return static_cast<double>(calls_) * 1e9 / static_cast<double>(wall_ns() - start);
  }

 private:
  void go_on(std::size_t loop) {
    begin_(loop, [this, loop](bool good) {
      calls_.fetch_add(1);
      if (!good) failed_ = true;
      if (good && wall_ns() < until_ns_) return go_on(loop);
      if (active_.fetch_sub(1) == 1) idle_.release();
    });
  }

  const std::size_t loops_;
  const Begin begin_;
  std::uint64_t until_ns_ = 0;
  std::atomic<std::uint64_t> calls_{0};
  std::atomic<std::size_t> active_{0};
  std::atomic<bool> failed_{false};
  std::binary_semaphore idle_{0};
};

StoreLoops::Begin puts(KeyValueStore& store) {
  return [&store](std::size_t loop, StoreLoops::Done done) {
    KeyValueCommit request;
    request.tenant = kTenant;
    KeyValueWrite& write = request.writes.emplace_back();
    write.kind = KeyValueWrite::Kind::kPut;
    write.at = {"space", key_of(loop)};
    write.value = {KeyValueType::kBytes, value()};
    store.commit(std::move(request), [done = std::move(done)](Result<KeyValueCommitted> answer) {
      done(answer.has_value() && answer->status == KeyValueCommitted::Status::kCommitted);
    });
  };
}

StoreLoops::Begin gets(KeyValueStore& store) {
  return [&store](std::size_t loop, StoreLoops::Done done) {
    store.get({kTenant, {{"space", key_of(loop)}}},
              [done = std::move(done)](Result<std::vector<std::optional<KeyValueEntry>>> answer) {
                done(answer.has_value() && answer->front().has_value());
              });
  };
}

double rate_of(BareSqlite& bare, double seconds) {
  const std::uint64_t start = wall_ns();
  const auto until = start + static_cast<std::uint64_t>(seconds * 1e9);
  std::uint64_t commits = 0;
  for (; wall_ns() < until; ++commits) bare.put(key_of(commits % kLoops));
  return static_cast<double>(commits) * 1e9 / static_cast<double>(wall_ns() - start);
}

std::shared_ptr<SqliteKeyValueStore> open_store(const std::string& file) {
  SqliteKeyValueOptions options;
  options.path = file;
  return checked(SqliteKeyValueStore::open(options));
}

// A host whose tenant's handler puts one entry; the value's JSON text has the size of value().
std::unique_ptr<ExtensionHost> host_over(std::shared_ptr<KeyValueStore> store) {
  auto host = make_host(2, [&](HostOptions& options) {
    options.default_policy.limits.wall_time = std::chrono::seconds(20);
    options.default_policy.kv.rate = {1'000'000'000, std::chrono::milliseconds(1), 1'000'000'000};
    options.key_value_store = std::move(store);
  });
  checked(host->install(
      kTenant, module_bundle("const value = 'v'.repeat(254); let calls = 0;"
                             "export async function onTicket(event, { kv }) {"
                             "  await kv.set('key-' + (calls++ % 64), value); return null; }")));
  return host;
}

double rate_of(ClosedLoop& invocations, std::uint64_t count) {
  const std::uint64_t start = wall_ns();
  invocations.run_count(count);
  return static_cast<double>(count) * 1e9 / static_cast<double>(wall_ns() - start);
}

}  // namespace

std::vector<Row> measure_sqlite_group_commit(const Settings& settings) {
  make_disk_adjustable();
  const ScratchFolder folder;
  BareSqlite bare(folder.file("bare.db"));
  const auto store = open_store(folder.file("store.db"));
  StoreLoops together(kLoops, puts(*store)), alone(1, puts(*store)), reading(kLoops, gets(*store));
  auto host = host_over(store);
  ClosedLoop invocations(*host, kLoops, "null", [](std::size_t) { return std::string(kTenant); });
  // In slices: what else uses the disk disturbs all. Also makes the logs as long as they get,
  // after which writing them no longer makes a file grow.
  const double slice = settings.scaled(1.0);
  (void)rate_of(bare, 2 * slice);
  (void)together.rate(2 * slice);
  double expected = rate_of(invocations, 1000);
  expected = rate_of(invocations, static_cast<std::uint64_t>(expected * 2 * slice));

  Rounds rounds, of_store, of_slow_disk;
  std::vector<double> alone_rates, read_rates;
  for (int round = 0; round < settings.rounds(); ++round) {
    const double one_by_one = rate_of(bare, slice);
    expected = rate_of(invocations, static_cast<std::uint64_t>(expected * slice) + kLoops);
    rounds.add(one_by_one, expected);
    of_store.add(one_by_one, together.rate(slice));
    // What a sync costs differs by a hundred times between disks, and with it what a group saves.
    set_disk_delay(kSlowSync);
    const double slow_one_by_one = rate_of(bare, slice);
    of_slow_disk.add(slow_one_by_one,
                     rate_of(invocations, static_cast<std::uint64_t>(20'000 * slice)));
    set_disk_delay(std::chrono::microseconds(0));
    alone_rates.push_back(alone.rate(slice / 4));
    read_rates.push_back(reading.rate(slice / 4));
  }
  Row row = rounds.row("kv_sqlite_group_commit",
                       "durable kv.set of 64 concurrent invocations, against bare SQLite with one"
                       " commit a put",
                       "/s", 10);
  row.at_least = true;
  const Row store_row = of_store.row("", "", "", 0), slow_row = of_slow_disk.row("", "", "", 0);
  row.extra = {
      {"store_ratio", store_row.value},        {"store_per_s", store_row.sublet},
      {"slow_disk_ratio", slow_row.value},     {"slow_disk_raw", slow_row.raw},
      {"slow_disk_per_s", slow_row.sublet},    {"store_one_loop_per_s", median(alone_rates)},
      {"store_gets_per_s", median(read_rates)}};
  return {row};
}

}  // namespace sublet::bench

// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <thread>

#include "adapters/postgres/statements.h"
#include "bench/host_side.h"
#include "bench/works.h"
#include "sublet/adapters/postgres_key_value_store.h"
#include "support/postgres_server.h"

namespace sublet::bench {
namespace {

using adapters::postgres::StatementId;
using test::PostgresServer;

constexpr std::uint64_t kTenants = 1000;
constexpr std::uint64_t kKeys = 20;
constexpr std::size_t kValueBytes = 256;
constexpr std::uint32_t kConnections = 8;

PostgresKeyValueOptions options_of(const PostgresServer& server) {
  PostgresKeyValueOptions options;
  options.connection = server.connection();
  options.connections = kConnections;
  return options;
}

// A fixed number of calls under way; each answer begins the next.
class Loop {
 public:
  using Call = std::function<void(std::uint64_t number, std::function<void(bool)> done)>;

  explicit Loop(Call call) : call_(std::move(call)) {}

  // Calls a second.
  double run(std::uint32_t at_once, double seconds) {
    stopping_ = false;
    done_ = 0;
    under_way_ = at_once;
    const std::uint64_t begin = wall_ns();
    for (std::uint32_t i = 0; i < at_once; ++i) next();
    sleep_ms(seconds * 1000);
    stopping_ = true;
    const double rate = static_cast<double>(done_) * 1e9 / static_cast<double>(wall_ns() - begin);
    for (std::uint32_t left = under_way_; left > 0; left = under_way_) under_way_.wait(left);
    if (failed_) throw Failure("a call failed");
    return rate;
  }

 private:
  void next() {
    call_(number_++, [this](bool ok) {
      ++done_;
      if (!ok) failed_ = true;
      if (!stopping_) return next();
      --under_way_;
      under_way_.notify_all();
    });
  }

  const Call call_;
  std::atomic<bool> stopping_{false}, failed_{false};
  std::atomic<std::uint64_t> done_{0}, number_{0};
  std::atomic<std::uint32_t> under_way_{0};
};

// A number of no pattern; the same every time.
std::uint64_t scattered(std::uint64_t number) {
  number = (number ^ (number >> 31)) * 0x9e3779b97f4a7c15u;
  return (number ^ (number >> 29)) >> 8;
}

// Names as pgbench can make them: numbers.
std::string tenant_of(std::uint64_t number) {
  return std::to_string(1 + scattered(number) % kTenants);
}
std::string key_of(std::uint64_t number) {
  return std::to_string(1 + scattered(number) / kTenants % kKeys);
}

void put(KeyValueStore& store, std::string tenant, std::string key,
         std::function<void(bool)> done) {
  KeyValueCommit commit;
  commit.tenant = std::move(tenant);
  KeyValueWrite& write = commit.writes.emplace_back();
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = {"own", std::move(key)};
  write.value = {KeyValueType::kBytes, std::string(kValueBytes, 'v')};
  store.commit(std::move(commit), [done = std::move(done)](Result<KeyValueCommitted> answer) {
    done(answer && answer->status == KeyValueCommitted::Status::kCommitted);
  });
}

Loop putting(KeyValueStore& store) {
  return Loop([&store](std::uint64_t number, std::function<void(bool)> done) {
    put(store, tenant_of(number), key_of(number), std::move(done));
  });
}

Loop getting(KeyValueStore& store) {
  return Loop([&store](std::uint64_t number, std::function<void(bool)> done) {
    store.get({tenant_of(number), {{"own", key_of(number)}}},
              [done = std::move(done)](auto answer) { done(answer && answer->front()); });
  });
}

// Every key of every tenant is there.
void fill(KeyValueStore& store) {
  std::atomic<std::uint64_t> left{kTenants * kKeys};
  for (std::uint64_t i = 0; i < kTenants * kKeys; ++i) {
    put(store, std::to_string(1 + i % kTenants), std::to_string(1 + i / kTenants), [&](bool) {
      if (--left == 0) left.notify_all();
    });
  }
  for (std::uint64_t present = left; present > 0; present = left) left.wait(present);
}

// One of the store's statements, with pgbench's variables for its parameters.
std::string for_pgbench(StatementId id, const std::vector<std::string>& parameters) {
  const std::string text = statement_text(id, PostgresKeyValueOptions().schema);
  std::string made;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '$') {
      made += text[at];
      continue;
    }
    std::size_t digits = 0;
    made += ":" + parameters.at(std::stoul(text.substr(at + 1), &digits) - 1);
    at += digits;
  }
  return made + ";\n";
}

// What a single put sends: the same statements, in a pipeline too.
void write_transaction(const std::string& file) {
  std::ofstream(file) << "\\set tenant random(1, " << kTenants << ")\n\\set key random(1, " << kKeys
                      << ")\n\\startpipeline\n"
                      << for_pgbench(StatementId::kSetTenant, {"tenant"})
                      << for_pgbench(StatementId::kLockTenant, {"tenant"})
                      << for_pgbench(StatementId::kPutOne,
                                     {"tenant", "space", "key", "type", "value", "none", "none",
                                      "never", "now", "most", "most"})
                      << "\\endpipeline\n";
}

// Transactions a second.
double run_pgbench(const PostgresServer& server, const std::string& file, double seconds) {
  const std::string command =
      PostgresServer::program("pgbench").string() + " -n -M prepared -j 2 -h 127.0.0.1 -U sublet" +
      " -c " + std::to_string(kConnections) + " -p " + std::to_string(server.port()) + " -T " +
      std::to_string(static_cast<int>(seconds)) + " -f " + file +
      " -D space=own -D type=1 -D value=" + std::string(kValueBytes, 'v') +
      " -D none=0 -D never=-1 -D now=1800000000000" + " -D most=9000000000000000000 sublet 2>&1";
  const std::unique_ptr<FILE, int (*)(FILE*)> output(::popen(command.c_str(), "r"), ::pclose);
  std::string text;
  char line[512];
  while (output && std::fgets(line, sizeof line, output.get()) != nullptr) text += line;
  const std::size_t at = text.find("tps = ");
  if (at == std::string::npos) throw Failure("pgbench: " + text);
  return std::stod(text.substr(at + 6));
}

Row skipped(const std::string& why) {
  Row row;
  row.work = "kv_postgres_vs_pgbench";
  row.error = "skipped: " + why;
  return row;
}

}  // namespace

// Single puts of many tenants by the store, against pgbench with the store's own statements and as
// many connections; as many puts under way as pgbench has clients.
std::vector<Row> measure_kv_postgres(const Settings& settings) {
  if (!PostgresServer::is_installed()) return {skipped("no PostgreSQL is installed")};
  if (PostgresServer::program("pgbench").empty()) return {skipped("pgbench is not installed")};
  // Without waiting for the disk, which would hide what the store costs, and differs from moment to
  // moment.
  const PostgresServer server({.fsync = false, .settings = {}});
  auto opened = PostgresKeyValueStore::open(options_of(server));
  const std::shared_ptr<PostgresKeyValueStore> store = checked(std::move(opened));
  fill(*store);
  const std::string file = server.folder() / "put.sql";
  write_transaction(file);
  const double seconds = settings.quick ? 1 : 3;
  Loop puts = putting(*store), gets = getting(*store);
  Rounds rounds;
  for (int i = 0; i < settings.rounds(); ++i) {
    const double raw = run_pgbench(server, file, seconds);
    rounds.add(raw, puts.run(kConnections, seconds));
  }
  Row row = rounds.row("kv_postgres_vs_pgbench",
                       "single puts by the store against pgbench with the same statements, 8 "
                       "connections",
                       "puts/s", 0.8);
  row.at_least = true;
  row.extra = {{"puts_64_under_way", puts.run(64, seconds)},
               {"gets_8_under_way", gets.run(8, seconds)},
               {"gets_64_under_way", gets.run(64, seconds)},
               {"put_ms_one_under_way", 1000 / puts.run(1, seconds)},
               {"get_ms_one_under_way", 1000 / gets.run(1, seconds)}};
  return {row};
}

}  // namespace sublet::bench

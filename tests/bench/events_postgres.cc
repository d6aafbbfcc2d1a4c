// SPDX-License-Identifier: Apache-2.0
#include <libpq-fe.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "bench/event_side.h"
#include "bench/works.h"
#include "sublet/adapters/postgres_event_queue.h"
#include "support/postgres_server.h"

namespace sublet::bench {
namespace {

using test::PostgresServer;

constexpr std::uint32_t kBatch = 16;
constexpr std::size_t kClaimers = 4;

// What a queue needs at least: a table, a lease by SKIP LOCKED, and a delete.
class BareQueue {
 public:
  explicit BareQueue(const std::string& connection) : session_(PQconnectdb(connection.c_str())) {
    if (PQstatus(session_) != CONNECTION_OK) throw Failure(PQerrorMessage(session_));
  }
  ~BareQueue() { PQfinish(session_); }
  BareQueue(const BareQueue&) = delete;
  BareQueue& operator=(const BareQueue&) = delete;

  void make() {
    run("CREATE TABLE bare (id bigserial PRIMARY KEY, due timestamptz NOT NULL, payload text)");
    run("CREATE INDEX ON bare (due)");
  }
  void fill(std::uint64_t count) {
    run("INSERT INTO bare (due, payload) SELECT now(), "
        "'{\"ticket\":17,\"subject\":\"the printer is on fire\"}' FROM generate_series(1, " +
        std::to_string(count) + ")");
  }
  // How many there were.
  std::size_t work_off() {
    const std::string claimed = run(
        "WITH claimed AS (UPDATE bare SET due = now() + interval '30 s' WHERE id IN (SELECT id "
        "FROM bare WHERE due <= now() ORDER BY due LIMIT 16 FOR UPDATE SKIP LOCKED) RETURNING id, "
        "payload) SELECT coalesce(string_agg(id::text, ','), ''), max(payload) FROM claimed");
    if (claimed.empty()) return 0;
    run("DELETE FROM bare WHERE id = ANY ('{" + claimed + "}')");
    return static_cast<std::size_t>(std::count(claimed.begin(), claimed.end(), ',') + 1);
  }

 private:
  std::string run(const std::string& sql) {
    PGresult* const result = PQexec(session_, sql.c_str());
    const ExecStatusType status = PQresultStatus(result);
    const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    std::string first = good && PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
    PQclear(result);
    if (!good) throw Failure(PQerrorMessage(session_));
    return first;
  }

  PGconn* session_;
};

// Deliveries a second: `work` is called by several threads until it answers 0.
double rate_of(std::uint64_t count, const std::function<std::size_t(std::size_t claimer)>& work) {
  const std::uint64_t start = wall_ns();
  std::atomic<std::uint64_t> done{0};
  std::vector<std::thread> claimers;
  for (std::size_t i = 0; i < kClaimers; ++i) {
    claimers.emplace_back([&, i] {
      while (const std::size_t taken = work(i)) done += taken;
    });
  }
  for (std::thread& claimer : claimers) claimer.join();
  if (done != count) throw Failure("not every delivery was claimed once");
  return static_cast<double>(count) * 1e9 / static_cast<double>(wall_ns() - start);
}

}  // namespace

std::vector<Row> measure_events_postgres(const Settings& settings) {
  PostgresServer server({false, {}});  // it does not wait for the disk: neither side does
  PostgresEventQueueOptions options;
  options.connection = server.connection();
  options.connections = kClaimers;
  const std::shared_ptr<EventQueue> queue = checked(PostgresEventQueue::open(std::move(options)));
  std::vector<std::unique_ptr<BareQueue>> bare;
  for (std::size_t i = 0; i < kClaimers; ++i) {
    bare.push_back(std::make_unique<BareQueue>(server.connection()));
  }
  bare[0]->make();
  const EventQueueName name{"acme", "bench", "onTicket"};
  const std::uint64_t count = settings.count(20'000);
  Rounds rounds;
  for (int round = 0; round < settings.rounds(); ++round) {
    bare[0]->fill(count);
    fill(*queue, name, count);
    const double raw = rate_of(count, [&](std::size_t i) { return bare[i]->work_off(); });
    rounds.add(raw, rate_of(count, [&](std::size_t) { return work_off(*queue, name, kBatch); }));
  }
  Row row =
      rounds.row("events_postgres_vs_bare",
                 "claim and settle 16 at a time, 4 claimers, against bare SKIP LOCKED", "/s", 0.6);
  row.at_least = true;
  return {row};
}

}  // namespace sublet::bench

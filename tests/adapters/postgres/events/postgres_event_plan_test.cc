// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <sstream>

#include "adapters/postgres/events/event_side.h"
#include "adapters/postgres/events/statements.h"

// A plan is made once, perhaps while there is next to nothing, and kept while there is much.
namespace sublet {
namespace {

using adapters::postgres::EventStatement;

// Every scan of the deliveries goes by what is asked for.
void expect_by_index(const std::string& plan) {
  std::istringstream lines(plan);
  std::string line;
  bool open = false;
  while (std::getline(lines, line)) {
    const bool scans = line.find("Scan") != std::string::npos;
    if (open && scans) FAIL_CHECK("it reads all: " << plan);
    if (scans) open = line.find(" on event_deliveries") != std::string::npos;
    if (line.find("Index Cond") != std::string::npos) open = false;
    // The first row of all that wait, in their order.
    if (line.find("Index Only Scan using event_deliveries_due") != std::string::npos) open = false;
  }
  CHECK_FALSE(open);
  CHECK(plan.find("Seq Scan") == std::string::npos);
}

}  // namespace

TEST_CASE("postgres events: a plan that was made for few rows is good for many") {
  const PostgresEventQueueOptions options = fresh_event_options();
  const auto queue = open_queue(options);
  for (int i = 0; i < 5; ++i) enqueue(*queue, {delivery_of("a", "k"), delivery_of("b")});
  Session host;
  host.run("ANALYZE " + options.schema + ".event_deliveries");
  host.run("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off");
  const std::vector<std::pair<EventStatement, std::string>> statements = {
      {EventStatement::kInsert,
       "'{t}','{t}','{t}','{t}','{t}','{t}','{t}','{1}','{1}','{1}','{1}',5"},
      {EventStatement::kClaim, "'{t}','{x}','{e}','{10}','o',1000,5"},
      {EventStatement::kMendLeases, "5,900000,1000"},
      {EventStatement::kExtend, "'{1}','{1}',5,5"},
      {EventStatement::kReady, "'','','',10,5"},
      {EventStatement::kLock, "1,'{1}','{1}','{1}'"},
      {EventStatement::kSettleDone, "'{1}','{1}',5,'{c}'"},
      {EventStatement::kSettleDead, "'{1}','{1}',5,'{c}','{r}','{n}'"},
      {EventStatement::kSettleAgain, "'{1}','{1}',5,'{1}','{1}','{n}'"},
      {EventStatement::kBury, "'{1}','{c}','r',5"},
      {EventStatement::kRemove, "'{1}'"},
      {EventStatement::kReplay, "'{1}',5"},
  };
  for (const auto& [id, arguments] : statements) {
    const adapters::postgres::Statement& statement = statement_of(id);
    CAPTURE(statement.name);
    host.run("PREPARE " + std::string(statement.name) + " AS " +
             adapters::postgres::with_schema(statement.text, options.schema));
    const std::string plan =
        host.run("EXPLAIN EXECUTE " + std::string(statement.name) + "(" + arguments + ")");
    expect_by_index(plan);
    if (id == EventStatement::kMendLeases) {
      CHECK(plan.find("event_deliveries_leases") != std::string::npos);
    }
  }
}

}  // namespace sublet

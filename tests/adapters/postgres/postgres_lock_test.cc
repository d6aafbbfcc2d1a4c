// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <libpq-fe.h>

#include "adapters/postgres/postgres_test_side.h"
#include "adapters/postgres/statements.h"

// The store's statements in the order of two hosts that meet at a tenant's first commit, by hand.
namespace sublet {
namespace {

using adapters::postgres::StatementId;

// A transaction that sends the store's statements one after the other.
class Hand {
 public:
  explicit Hand(const std::string& schema)
      : schema_(schema), session_(PQconnectdb(the_server().connection("postgres").c_str())) {
    PQclear(PQexec(session_, "BEGIN"));
  }
  ~Hand() { PQfinish(session_); }
  Hand(const Hand&) = delete;
  Hand& operator=(const Hand&) = delete;

  // Answers how many rows came, and the last row's columns; "NULL" is one of these.
  std::pair<int, std::vector<std::string>> run(StatementId id,
                                               const std::vector<std::string>& parameters) {
    std::vector<const char*> values;
    for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
    PGresult* result =
        PQexecParams(session_, statement_text(id, schema_).c_str(), static_cast<int>(values.size()),
                     nullptr, values.data(), nullptr, nullptr, 0);
    CAPTURE(PQresultErrorMessage(result));
    REQUIRE(PQresultStatus(result) == PGRES_TUPLES_OK);
    std::pair<int, std::vector<std::string>> answer{PQntuples(result), {}};
    for (int i = 0; answer.first > 0 && i < PQnfields(result); ++i) {
      const int last = answer.first - 1;
      answer.second.emplace_back(PQgetisnull(result, last, i) ? "NULL"
                                                              : PQgetvalue(result, last, i));
    }
    PQclear(result);
    return answer;
  }
  void commit() { PQclear(PQexec(session_, "COMMIT")); }

 private:
  const std::string schema_;
  PGconn* session_;
};

const std::string kMost = "9000000000000000000";
const std::vector<std::string> kPut = {"t", "s", "a", "1", "2", "0", "0", "-1", "9", kMost, kMost};
const std::vector<std::string> kPuts = {"t",   "{s}",  "{a}", "{1}", "{2}", "{1}", "{0}",
                                        "{0}", "{-1}", "9",   kMost, kMost, "",    "{}"};

// `statement` comes behind a lock that found no tenant; another host makes the tenant in between.
void expect_nothing_written(StatementId statement, const std::vector<std::string>& parameters) {
  const PostgresKeyValueOptions options = fresh_options();
  const auto other = open_store(options);
  Hand hand(options.schema);
  CHECK(hand.run(StatementId::kLockTenant, {"t"}).first == 0);
  REQUIRE(put(*other, "a", "1").has_value());
  const auto [rows, columns] = hand.run(statement, parameters);
  REQUIRE(rows == 1);
  CHECK(columns[3] == "NULL");
  hand.commit();
  CHECK(value_at(*other, "a") == "1");
  CHECK(put(*other, "b", "1")->version == 2);
}

}  // namespace

TEST_CASE("postgres: what goes behind a lock that found no tenant writes nothing") {
  expect_nothing_written(StatementId::kPutOne, kPut);
  expect_nothing_written(StatementId::kWriteMany, kPuts);
}

TEST_CASE("postgres: what goes behind a lock that found the tenant writes") {
  const PostgresKeyValueOptions options = fresh_options();
  const auto other = open_store(options);
  REQUIRE(put(*other, "a", "1").has_value());
  for (const bool many : {false, true}) {
    Hand hand(options.schema);
    CHECK(hand.run(StatementId::kLockTenant, {"t"}).first == 1);
    const auto [rows, columns] =
        many ? hand.run(StatementId::kWriteMany, kPuts) : hand.run(StatementId::kPutOne, kPut);
    REQUIRE(rows == 1);
    CHECK(columns[3] == (many ? "3" : "2"));
    hand.commit();
  }
  CHECK(value_at(*other, "a") == "2");
}

}  // namespace sublet

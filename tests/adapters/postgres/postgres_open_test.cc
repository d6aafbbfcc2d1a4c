// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/postgres/postgres_test_side.h"

// What open() makes, and what it refuses.
namespace sublet {
namespace {

using std::chrono::milliseconds;

// Nobody listens there.
PostgresKeyValueOptions nowhere() {
  PostgresKeyValueOptions options = fresh_options();
  options.connection = "host=127.0.0.1 port=1 dbname=sublet user=sublet password=tell-nobody";
  options.connect_timeout = milliseconds(200);
  return options;
}

std::string table(const PostgresKeyValueOptions& options, const std::string& name) {
  return options.schema + "." + name;
}

}  // namespace

TEST_CASE("postgres: options out of their range are refused, and named") {
  const auto refused = [](auto change, const std::string& named) {
    PostgresKeyValueOptions options = nowhere();
    change(options);
    const Error error = open_error(options);
    CHECK(error.code == ErrorCode::kInvalidArgument);
    CHECK(error.message.find(named) != std::string::npos);
  };
  refused([](auto& o) { o.schema = ""; }, "schema");
  refused([](auto& o) { o.schema = "a\"b"; }, "schema");
  refused([](auto& o) { o.schema = "1a"; }, "schema");
  refused([](auto& o) { o.schema = std::string(64, 'a'); }, "schema");
  refused([](auto& o) { o.connections = 0; }, "connections");
  refused([](auto& o) { o.connections = 257; }, "connections");
  refused([](auto& o) { o.pipeline = 1001; }, "pipeline");
  refused([](auto& o) { o.max_queue = 0; }, "max_queue");
  refused([](auto& o) { o.connect_timeout = milliseconds(99); }, "connect_timeout");
  refused([](auto& o) { o.statement_timeout = milliseconds(9); }, "statement_timeout");
  refused([](auto& o) { o.queue_timeout = milliseconds(-1); }, "queue_timeout");
  refused([](auto& o) { o.first_backoff = milliseconds(0); }, "first_backoff");
  refused([](auto& o) { o.last_backoff = milliseconds(600'001); }, "last_backoff");
  refused([](auto& o) { o.purge_interval = milliseconds(999); }, "purge_interval");
}

TEST_CASE("postgres: what is no connection string is refused without being quoted") {
  PostgresKeyValueOptions options = nowhere();
  options.connection = "host=127.0.0.1 password='secret";
  const Error error = open_error(options);
  CHECK(error.code == ErrorCode::kInvalidArgument);
  CHECK(error.message.find("secret") == std::string::npos);
}

TEST_CASE("postgres: where no server is, open says so") {
  const Error error = open_error(nowhere());
  CHECK(error.code == ErrorCode::kUnavailable);
  CHECK(error.message.find("tell-nobody") == std::string::npos);
}

TEST_CASE("postgres: a wrong password is refused, and not told") {
  PostgresKeyValueOptions options = fresh_options("guarded");
  options.connection += " password=tell-nobody";
  options.connect_timeout = std::chrono::seconds(60);  // which it does not wait for
  const Error error = open_error(options);
  CHECK(error.code == ErrorCode::kUnavailable);
  CHECK(error.message.find("guarded") != std::string::npos);
  CHECK(error.message.find("tell-nobody") == std::string::npos);
  options.connection = the_server().connection("guarded") + " password='open sesame'";
  CHECK(put(*open_store(options), "a", "1").has_value());
}

TEST_CASE("postgres: a role without rights cannot make the schema") {
  const Error error = open_error(fresh_options("stranger"));
  CHECK(error.code == ErrorCode::kFailedPrecondition);
  CHECK(error.message.find("42501") != std::string::npos);
}

TEST_CASE("postgres: the schema can be made by somebody else") {
  PostgresKeyValueOptions options = fresh_options("stranger");
  options.create_schema = false;
  CHECK(open_error(options).code == ErrorCode::kFailedPrecondition);
  superuser_sql(*PostgresKeyValueStore::schema_sql(options));
  CHECK(open_error(options).code == ErrorCode::kFailedPrecondition);  // no right to read it
  superuser_sql("GRANT USAGE ON SCHEMA " + options.schema + " TO stranger");
  superuser_sql("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + options.schema +
                " TO stranger");
  const auto store = open_store(options);
  CHECK(put(*store, "a", "1").has_value());
  CHECK(value_at(*store, "a") == "1");
}

TEST_CASE("postgres: a schema that is there, without a right to make one, is used") {
  const PostgresKeyValueOptions options = fresh_options("stranger");
  superuser_sql("CREATE SCHEMA " + options.schema + " AUTHORIZATION stranger");
  CHECK(put(*open_store(options), "a", "1").has_value());
}

TEST_CASE("postgres: a newer schema is refused and left as it is") {
  const PostgresKeyValueOptions options = fresh_options();
  REQUIRE(put(*open_store(options), "a", "1").has_value());
  superuser_sql("UPDATE " + table(options, "kv_schema") + " SET version = 2");
  const Error error = open_error(options);
  CHECK(error.code == ErrorCode::kFailedPrecondition);
  CHECK(error.message.find("version is 2") != std::string::npos);
  CHECK(superuser_sql("SELECT version FROM " + table(options, "kv_schema")) == "2");
  CHECK(superuser_sql("SELECT count(*) FROM " + table(options, "kv_entries")) == "1");
}

TEST_CASE("postgres: tables of somebody else are refused and left as they are") {
  PostgresKeyValueOptions options = fresh_options();
  superuser_sql("CREATE SCHEMA " + options.schema + " AUTHORIZATION sublet");
  superuser_sql("CREATE TABLE " + table(options, "kv_entries") + " (theirs text)");
  CHECK(open_error(options).code == ErrorCode::kFailedPrecondition);
  superuser_sql("CREATE TABLE " + table(options, "kv_schema") + " (version text)");
  superuser_sql("INSERT INTO " + table(options, "kv_schema") + " VALUES ('mine')");
  superuser_sql("GRANT SELECT ON " + table(options, "kv_schema") + " TO sublet");
  const Error error = open_error(options);
  CHECK(error.code == ErrorCode::kFailedPrecondition);
  CHECK(error.message.find("not Sublet's") != std::string::npos);
}

TEST_CASE("postgres: policies are made with the tables, and neither added nor passed over later") {
  PostgresKeyValueOptions options = fresh_options();
  options.row_level_security = false;
  const auto store = open_store(options);
  REQUIRE(put(*store, "a", "1").has_value());
  options.row_level_security = true;
  CHECK(open_error(options).code == ErrorCode::kFailedPrecondition);
  // The host that runs still reads what there is.
  CHECK(value_at(*store, "a") == "1");
  test::run_sql(the_server().connection(), *PostgresKeyValueStore::schema_sql(options));
  CHECK(value_at(*open_store(options), "a") == "1");
  options.row_level_security = false;
  CHECK(open_error(options).code == ErrorCode::kFailedPrecondition);
  options.row_level_security = true;
  superuser_sql("ALTER TABLE " + table(options, "kv_tenants") + " NO FORCE ROW LEVEL SECURITY");
  CHECK(open_error(options).code == ErrorCode::kFailedPrecondition);
}

TEST_CASE("postgres: a role that policies do not bind is refused where they are asked for") {
  PostgresKeyValueOptions options = fresh_options("postgres");
  const Error error = open_error(options);
  CHECK(error.code == ErrorCode::kFailedPrecondition);
  CHECK(error.message.find("BYPASSRLS") != std::string::npos);
  options = fresh_options("postgres");
  options.row_level_security = false;
  CHECK(put(*open_store(options), "a", "1").has_value());
}

TEST_CASE("postgres: statements that make a schema are made for no name that is none") {
  PostgresKeyValueOptions options;
  options.schema = "a\"; DROP TABLE b; --";
  const auto sql = PostgresKeyValueStore::schema_sql(options);
  REQUIRE_FALSE(sql.has_value());
  CHECK(sql.error().code == ErrorCode::kInvalidArgument);
}

TEST_CASE("postgres: hosts that come at once make one schema, whatever a transaction's default") {
  superuser_sql("CREATE ROLE repeating LOGIN");
  superuser_sql("ALTER ROLE repeating SET default_transaction_isolation = 'repeatable read'");
  superuser_sql("GRANT CREATE ON DATABASE sublet TO repeating");
  const PostgresKeyValueOptions options = fresh_options("repeating");
  std::vector<std::future<bool>> opened;
  for (int i = 0; i < 8; ++i) {
    opened.push_back(std::async(std::launch::async, [&options] {
      auto store = PostgresKeyValueStore::open(options);
      return store.has_value() && put(**store, "a", "1").has_value();
    }));
  }
  for (auto& one : opened) CHECK(one.get());
}

}  // namespace sublet

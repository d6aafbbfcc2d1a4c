// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "adapters/postgres/postgres_test_side.h"

// What a transaction sees by the policies, told in SQL as the tables' owner.
namespace sublet {
namespace {

std::string seen_by(const std::string& setting, const std::string& table) {
  return test::run_sql(the_server().connection(),
                       "BEGIN;" + setting + "SELECT count(*) FROM " + table);
}

std::string tenant_is(const std::string& tenant) {
  return "SELECT set_config('sublet.tenant', encode('" + tenant + "', 'hex'), true);";
}

}  // namespace

TEST_CASE("postgres: by the policies a transaction sees one tenant's rows") {
  const PostgresKeyValueOptions options = fresh_options();
  const auto store = open_store(options);
  REQUIRE(put(*store, "a", "1", "acme").has_value());
  REQUIRE(put(*store, "b", "1", "acme").has_value());
  REQUIRE(put(*store, "a", "1", "globex").has_value());
  const std::string entries = options.schema + ".kv_entries";
  const std::string tenants = options.schema + ".kv_tenants";
  CHECK(seen_by("", entries) == "0");
  CHECK(seen_by("", tenants) == "0");
  CHECK(seen_by(tenant_is("acme"), entries) == "2");
  CHECK(seen_by(tenant_is("acme"), tenants) == "1");
  CHECK(seen_by(tenant_is("globex"), entries) == "1");
  CHECK(seen_by(tenant_is("globex"), entries + " WHERE tenant = 'acme'") == "0");
  CHECK(seen_by(tenant_is("nobody"), entries) == "0");
  CHECK(seen_by("SELECT set_config('sublet.host', 'on', true);", entries) == "3");
}

TEST_CASE("postgres: by the policies a transaction changes one tenant's rows") {
  const PostgresKeyValueOptions options = fresh_options();
  const auto store = open_store(options);
  REQUIRE(put(*store, "a", "1", "acme").has_value());
  const std::string entries = options.schema + ".kv_entries";
  const std::string connection = the_server().connection();
  test::run_sql(connection, "BEGIN;" + tenant_is("globex") + "DELETE FROM " + entries + ";COMMIT");
  test::run_sql(connection, "BEGIN;" + tenant_is("globex") + "UPDATE " + entries +
                                " SET value = 'theirs';COMMIT");
  CHECK(value_at(*store, "a", "acme") == "1");
  CHECK_THROWS(test::run_sql(connection, "BEGIN;" + tenant_is("globex") + "INSERT INTO " + entries +
                                             " VALUES ('acme', 's', 'b', 1, '1', 9, 9, NULL)"));
  CHECK_THROWS(test::run_sql(connection, "BEGIN;" + tenant_is("globex") + "INSERT INTO " +
                                             options.schema + ".kv_tenants VALUES ('x', 1, 1, 1)"));
  CHECK(value_at(*store, "b", "acme") == "(none)");
}

TEST_CASE("postgres: a setting ends with its transaction") {
  const PostgresKeyValueOptions options = fresh_options();
  const auto store = open_store(options);
  REQUIRE(put(*store, "a", "1", "acme").has_value());
  CHECK(test::run_sql(the_server().connection(), "BEGIN;" + tenant_is("acme") +
                                                     "COMMIT;SELECT count(*) FROM " +
                                                     options.schema + ".kv_entries") == "0");
}

}  // namespace sublet

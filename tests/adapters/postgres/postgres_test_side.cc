// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/postgres_test_side.h"

#include <doctest/doctest.h>
#include <libpq-fe.h>

namespace sublet {

test::PostgresServer& the_server() {
  static test::PostgresServer server({.fsync = false, .settings = {"max_connections = 40"}});
  return server;
}

PostgresKeyValueOptions fresh_options(const std::string& user) {
  static int schemas = 0;
  PostgresKeyValueOptions options;
  options.connection = the_server().connection(user);
  options.schema = "schema_" + std::to_string(++schemas);
  options.first_backoff = std::chrono::milliseconds(5);
  options.last_backoff = std::chrono::milliseconds(100);
  return options;
}

std::shared_ptr<PostgresKeyValueStore> open_store(PostgresKeyValueOptions options) {
  auto opened = PostgresKeyValueStore::open(std::move(options));
  if (!opened.has_value()) FAIL("the store does not open: " << opened.error().message);
  return *std::move(opened);
}

Error open_error(PostgresKeyValueOptions options) {
  auto opened = PostgresKeyValueStore::open(std::move(options));
  if (opened.has_value()) FAIL("the store opens");
  return opened.error();
}

std::string superuser_sql(const std::string& sql) {
  return test::run_sql(the_server().connection("postgres"), sql);
}

Holder::Holder(const PostgresKeyValueOptions& options, const std::string& tenant)
    : session_(PQconnectdb(the_server().connection("postgres").c_str())) {
  const std::string sql = "BEGIN; SELECT 1 FROM " + options.schema +
                          ".kv_tenants WHERE tenant = '" + tenant + "' FOR UPDATE";
  PGresult* result = PQexec(session_, sql.c_str());
  REQUIRE(PQresultStatus(result) == PGRES_TUPLES_OK);
  REQUIRE(PQntuples(result) == 1);
  PQclear(result);
}

Holder::~Holder() { PQfinish(session_); }

KeyValueWrite put_of(const std::string& key, const std::string& value, KeyValueExpiry expiry) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kPut;
  write.at = {"s", key};
  write.value = {KeyValueType::kBytes, value};
  write.expiry = expiry;
  return write;
}

KeyValueWrite increment_of(const std::string& key) {
  KeyValueWrite write;
  write.kind = KeyValueWrite::Kind::kCompute;
  write.at = {"s", key};
  write.compute = [](const KeyValueEntry* current, std::uint64_t) {
    const int number = current == nullptr ? 0 : std::stoi(current->value.data);
    return Result<std::optional<KeyValueValue>>(
        KeyValueValue{KeyValueType::kJson, std::to_string(number + 1)});
  };
  return write;
}

KeyValueCommit commit_of(std::vector<KeyValueWrite> writes, const std::string& tenant) {
  KeyValueCommit request;
  request.tenant = tenant;
  request.writes = std::move(writes);
  return request;
}

Result<KeyValueCommitted> commit(KeyValueStore& store, KeyValueCommit request) {
  Answer<KeyValueCommitted> answer;
  store.commit(std::move(request), answer.callback());
  return answer.get();
}

Result<KeyValueCommitted> put(KeyValueStore& store, const std::string& key,
                              const std::string& value, const std::string& tenant) {
  return commit(store, commit_of({put_of(key, value)}, tenant));
}

std::string value_at(KeyValueStore& store, const std::string& key, const std::string& tenant) {
  Answer<std::vector<std::optional<KeyValueEntry>>> answer;
  store.get({tenant, {{"s", key}}}, answer.callback());
  const auto entries = answer.get();
  if (!entries.has_value()) return entries.error().message;
  return entries->front().has_value() ? entries->front()->value.data : "(none)";
}

Result<KeyValueUsage> usage(KeyValueStore& store, const std::string& tenant) {
  Answer<KeyValueUsage> answer;
  store.usage(tenant, answer.callback());
  return answer.get();
}

}  // namespace sublet

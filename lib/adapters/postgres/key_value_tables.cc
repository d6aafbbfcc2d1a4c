// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/key_value_tables.h"

#include "adapters/postgres/host_calls.h"
#include "adapters/postgres/schema.h"
#include "adapters/postgres/statements.h"

namespace sublet::adapters::postgres {

std::span<const Statement> KeyValueTables::statements() const { return key_value_statements(); }

SchemaPlan KeyValueTables::schema() const {
  SchemaPlan plan;
  plan.schema = options_.schema;
  plan.version_table = "kv_schema";
  plan.tables = {"kv_tenants", "kv_entries"};
  plan.version = kSchemaVersion;
  plan.create = options_.create_schema;
  plan.policies = options_.row_level_security;
  plan.migration = [schema = options_.schema](const SchemaState& from) {
    return migration_sql(schema, from);
  };
  return plan;
}

std::unique_ptr<Call> KeyValueTables::purge(PurgeDone done) const {
  return std::make_unique<PurgeCall>(options_, std::move(done));
}

}  // namespace sublet::adapters::postgres

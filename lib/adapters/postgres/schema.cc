// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/schema.h"

#include <array>
#include <string_view>

namespace sublet::adapters::postgres {
namespace {

// The lock of a tenant's row orders the tenant's commits; free space in the pages lets its updates
// leave the index alone. A tenant that is erased loses its row; version_floor then is at least the
// last version that it gave out, and new rows start there: no version comes twice, and nothing
// remembers the tenant.
constexpr std::string_view kVersion1 = R"(
CREATE TABLE IF NOT EXISTS @.kv_schema (
  version bigint PRIMARY KEY,
  version_floor bigint NOT NULL
);
CREATE TABLE IF NOT EXISTS @.kv_tenants (
  tenant bytea PRIMARY KEY,
  last_version bigint NOT NULL,
  keys bigint NOT NULL,
  bytes bigint NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS @.kv_entries (
  tenant bytea NOT NULL,
  space bytea NOT NULL,
  key bytea NOT NULL,
  type smallint NOT NULL,
  value bytea NOT NULL,
  version bigint NOT NULL,
  updated_at bigint NOT NULL,
  expires_at bigint,
  PRIMARY KEY (tenant, space, key)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS kv_entries_expiry
  ON @.kv_entries (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS kv_entries_tenant_expiry
  ON @.kv_entries (tenant, expires_at) WHERE expires_at IS NOT NULL;
)";

// Each leads from the version of its place to the next.
constexpr std::array<std::string_view, kSchemaVersion> kSteps = {kVersion1};

// A transaction sees the tenant it names, or, where it is the host's own work, all.
constexpr std::string_view kPolicies = R"(
ALTER TABLE @.# ENABLE ROW LEVEL SECURITY;
ALTER TABLE @.# FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sublet_tenant ON @.#;
CREATE POLICY sublet_tenant ON @.#
  USING (tenant = decode(current_setting('sublet.tenant', true), 'hex'));
DROP POLICY IF EXISTS sublet_host ON @.#;
CREATE POLICY sublet_host ON @.#
  USING (current_setting('sublet.host', true) = 'on');
)";

std::string filled_in(std::string_view text, const std::string& schema, std::string_view table) {
  std::string filled;
  for (const char c : text) {
    if (c == '@') {
      filled.append("\"").append(schema).append("\"");
    } else if (c == '#') {
      filled.append(table);
    } else {
      filled.push_back(c);
    }
  }
  return filled;
}

}  // namespace

std::string migration_sql(const std::string& schema, const SchemaState& from) {
  std::string sql;
  // Needs a right on the database, even where the schema is there.
  if (!from.schema_exists) sql += "CREATE SCHEMA IF NOT EXISTS \"" + schema + "\";";
  for (std::int64_t step = from.version; step < kSchemaVersion; ++step) {
    sql += filled_in(kSteps.at(static_cast<std::size_t>(step)), schema, {});
  }
  if (from.make_policies) {
    sql += filled_in(kPolicies, schema, "kv_tenants");
    sql += filled_in(kPolicies, schema, "kv_entries");
  }
  const std::string version = std::to_string(kSchemaVersion);
  sql += filled_in("\nUPDATE @.kv_schema SET version = " + version + " WHERE version < " + version +
                       ";\nINSERT INTO @.kv_schema SELECT " + version +
                       ", 0 WHERE NOT EXISTS (SELECT 1 FROM @.kv_schema);\n",
                   schema, {});
  return sql;
}

}  // namespace sublet::adapters::postgres

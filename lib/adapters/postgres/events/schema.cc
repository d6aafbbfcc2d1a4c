// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/schema.h"

#include <array>
#include <string_view>
#include <utility>

#include "adapters/postgres/events/names.h"
#include "adapters/postgres/statement.h"

namespace sublet::adapters::postgres {
namespace {

// What is waiting changes all the time: its dead rows have to go soon, however many rows there are.
#define SUBLET_HOT                                                                     \
  " WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,"     \
  " autovacuum_vacuum_insert_scale_factor = 0.2, autovacuum_analyze_scale_factor = 0," \
  " autovacuum_analyze_threshold = 50000, autovacuum_vacuum_cost_delay = 0);"

// `position` is the place in an order, `lane` the order's number; `state` 0 waits, 1 is claimed, 2
// is blocked. event_completions goes by transactions, since a transaction that began before another
// may be committed after it.
constexpr std::string_view kVersion1 = R"(
CREATE TABLE IF NOT EXISTS @.event_schema (version bigint PRIMARY KEY);
CREATE SEQUENCE IF NOT EXISTS @.event_ids;
CREATE SEQUENCE IF NOT EXISTS @.event_versions;
CREATE TABLE IF NOT EXISTS @.event_deliveries (
  id bigint PRIMARY KEY,
  position bigint NOT NULL,
  due_at bigint NOT NULL,
  enqueued_at bigint NOT NULL,
  expires_at bigint,
  lane bigint,
  fence bigint NOT NULL DEFAULT 0,
  attempts bigint NOT NULL DEFAULT 0,
  state smallint NOT NULL,
  tenant bytea NOT NULL,
  extension bytea NOT NULL,
  event bytea NOT NULL,
  event_id bytea NOT NULL,
  ordering_key bytea NOT NULL,
  owner bytea NOT NULL DEFAULT '',
  note bytea NOT NULL DEFAULT '',
  envelope bytea NOT NULL,
  payload bytea NOT NULL
))" SUBLET_HOT R"(
CREATE INDEX IF NOT EXISTS event_deliveries_due
  ON @.event_deliveries (tenant, extension, event, due_at, position) WHERE state < 2;
CREATE INDEX IF NOT EXISTS event_deliveries_leases
  ON @.event_deliveries (due_at) WHERE state = 1;
CREATE INDEX IF NOT EXISTS event_deliveries_lane
  ON @.event_deliveries (lane, position) WHERE lane IS NOT NULL;
CREATE INDEX IF NOT EXISTS event_deliveries_tenant ON @.event_deliveries (tenant, id);
CREATE TABLE IF NOT EXISTS @.event_dead (
  id bigint PRIMARY KEY,
  died_at bigint NOT NULL,
  due_at bigint NOT NULL,
  enqueued_at bigint NOT NULL,
  expires_at bigint,
  lane bigint,
  fence bigint NOT NULL,
  attempts bigint NOT NULL,
  tenant bytea NOT NULL,
  extension bytea NOT NULL,
  event bytea NOT NULL,
  event_id bytea NOT NULL,
  ordering_key bytea NOT NULL,
  reason bytea NOT NULL,
  note bytea NOT NULL,
  envelope bytea NOT NULL,
  payload bytea NOT NULL
);
CREATE INDEX IF NOT EXISTS event_dead_tenant ON @.event_dead (tenant, id);
CREATE TABLE IF NOT EXISTS @.event_keys (
  tenant bytea NOT NULL,
  key bytea NOT NULL,
  event_id bytea NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (tenant, key)
))" SUBLET_HOT R"(
CREATE INDEX IF NOT EXISTS event_keys_expiry ON @.event_keys (expires_at);
CREATE TABLE IF NOT EXISTS @.event_records (
  kind bytea NOT NULL,
  tenant bytea NOT NULL,
  name bytea NOT NULL,
  data bytea NOT NULL,
  version bigint NOT NULL,
  due_at bigint,
  expires_at bigint,
  PRIMARY KEY (kind, tenant, name)
))" SUBLET_HOT R"(
CREATE INDEX IF NOT EXISTS event_records_tenant ON @.event_records (tenant);
CREATE INDEX IF NOT EXISTS event_records_due
  ON @.event_records (kind, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS event_records_expiry
  ON @.event_records (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS @.event_completions (
  transaction bigint NOT NULL DEFAULT txid_current(),
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  at bigint NOT NULL,
  tenant bytea NOT NULL,
  content bytea NOT NULL,
  PRIMARY KEY (transaction, id)
))" SUBLET_HOT R"(
CREATE INDEX IF NOT EXISTS event_completions_at ON @.event_completions (at);
CREATE INDEX IF NOT EXISTS event_completions_tenant ON @.event_completions (tenant);
)";

#undef SUBLET_HOT

// For the host's own transactions. The order's number and lock are those of names.h.
constexpr std::string_view kPublish = R"(
CREATE OR REPLACE FUNCTION @.publish(tenant text, event text, payload text,
  ordering_key text DEFAULT '', event_id text DEFAULT NULL, not_before timestamptz DEFAULT NULL)
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog AS $publish$
DECLARE
  the_tenant bytea := convert_to($1, 'UTF8');
  the_event bytea := convert_to($2, 'UTF8');
  the_payload bytea := convert_to($3, 'UTF8');
  the_key bytea := convert_to(coalesce($4, ''), 'UTF8');
  the_id bigint;
  the_lane bigint;
  the_event_id text;
  moment bigint := floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint;
  blocked boolean := false;
BEGIN
  IF coalesce(octet_length(the_tenant), 0) NOT BETWEEN 1 AND 256
    OR coalesce(octet_length(the_event), 0) NOT BETWEEN 1 AND 256
    OR coalesce(octet_length(the_payload), 16777217) > 16777216
    OR octet_length(the_key) > 1024
    OR octet_length(convert_to(coalesce($5, '-'), 'UTF8')) NOT BETWEEN 1 AND 256 THEN
    RAISE EXCEPTION 'publish: an argument is missing or out of its bounds'
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
  -- What was committed while it waited for the lock has to be seen.
  IF the_key <> '' AND current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'publish: an ordering_key needs a transaction that is READ COMMITTED'
      USING ERRCODE = 'invalid_transaction_state';
  END IF;
  IF the_key <> '' THEN
    the_lane := ('x' || encode(substr(sha256(int8send(octet_length(the_tenant)) || the_tenant
      || int8send(octet_length(the_key)) || the_key), 1, 8), 'hex'))::bit(64)::bigint | 512;
    PERFORM pg_advisory_xact_lock(#class#, (the_lane & 1023)::int);
    blocked := EXISTS (SELECT 1 FROM @.event_deliveries d WHERE d.lane = the_lane);
  END IF;
  the_id := nextval('@.event_ids');
  the_event_id := coalesce($5, 'outbox-' || the_id);
  INSERT INTO @.event_deliveries (id, position, state, due_at, enqueued_at, lane, tenant,
    extension, event, event_id, ordering_key, envelope, payload)
  VALUES (the_id, the_id, CASE WHEN blocked THEN 2 ELSE 0 END,
    greatest(moment, floor(extract(epoch FROM $6) * 1000)::bigint), moment, the_lane, the_tenant,
    '', the_event, convert_to(the_event_id, 'UTF8'), the_key, '', the_payload);
  PERFORM pg_notify('#channel#',
    '-:' || encode(the_tenant, 'hex') || '..' || encode(the_event, 'hex'));
  RETURN the_event_id;
END
$publish$;
CREATE OR REPLACE FUNCTION @.publish(tenant text, event text, payload jsonb,
  ordering_key text DEFAULT '', event_id text DEFAULT NULL, not_before timestamptz DEFAULT NULL)
RETURNS text LANGUAGE sql AS $publish$ SELECT @.publish($1, $2, $3::text, $4, $5, $6) $publish$;
)";

constexpr std::array<std::string_view, kEventSchemaVersion> kSteps = {kVersion1};

void replace(std::string& text, std::string_view what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), with);
    at += with.size();
  }
}

}  // namespace

std::string event_migration_sql(const std::string& schema, const SchemaState& from) {
  std::string sql;
  // Needs a right on the database, even where the schema is there.
  if (!from.schema_exists) sql += "CREATE SCHEMA IF NOT EXISTS \"" + schema + "\";";
  for (std::int64_t step = from.version; step < kEventSchemaVersion; ++step) {
    sql += with_schema(kSteps.at(static_cast<std::size_t>(step)), schema);
  }
  std::string publish = with_schema(kPublish, schema);
  replace(publish, "#class#", std::to_string(lock_class(schema)));
  replace(publish, "#channel#", channel_of(schema));
  sql += publish;
  const std::string version = std::to_string(kEventSchemaVersion);
  return sql + with_schema("UPDATE @.event_schema SET version = " + version + " WHERE version < " +
                               version + ";\nINSERT INTO @.event_schema SELECT " + version +
                               " WHERE NOT EXISTS (SELECT 1 FROM @.event_schema);\n",
                           schema);
}

}  // namespace sublet::adapters::postgres

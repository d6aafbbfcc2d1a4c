// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/event_tables.h"

#include "adapters/postgres/events/kept_calls.h"
#include "adapters/postgres/events/schema.h"

namespace sublet::adapters::postgres {

std::span<const Statement> EventTables::statements() const { return event_statements(); }

SchemaPlan EventTables::schema() const {
  SchemaPlan plan;
  plan.schema = context_->options.schema;
  plan.version_table = "event_schema";
  plan.tables = {"event_deliveries", "event_dead", "event_keys", "event_records",
                 "event_completions"};
  plan.version = kEventSchemaVersion;
  plan.create = context_->options.create_schema;
  plan.migration = [schema = plan.schema](const SchemaState& from) {
    return event_migration_sql(schema, from);
  };
  return plan;
}

std::unique_ptr<Call> EventTables::purge(PurgeDone done) const {
  return std::make_unique<EventPurgeCall>(*context_, std::move(done));
}

}  // namespace sublet::adapters::postgres

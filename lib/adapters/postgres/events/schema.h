// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "adapters/postgres/schema_work.h"

namespace sublet::adapters::postgres {

// Of the event queue's tables that this build reads and writes.
inline constexpr std::int64_t kEventSchemaVersion = 1;

// Statements that lead to kEventSchemaVersion. In a transaction: all or none.
std::string event_migration_sql(const std::string& schema, const SchemaState& from);

}  // namespace sublet::adapters::postgres

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "adapters/postgres/schema_work.h"

namespace sublet::adapters::postgres {

// Of the tables that this build reads and writes. A step of schema.cc leads to each.
inline constexpr std::int64_t kSchemaVersion = 1;

// Statements that lead to kSchemaVersion. In a transaction: all or none.
std::string migration_sql(const std::string& schema, const SchemaState& from);

}  // namespace sublet::adapters::postgres

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "adapters/sqlite/connection.h"

// What a file of Sublet's looks like. PRAGMA application_id says that it is one, user_version which
// schema it has: the number of steps that made it.
namespace sublet::adapters::sqlite {

inline constexpr std::int64_t kApplicationId = 0x5375624b;  // "SubK"

// SQL that makes schema n + 1 out of schema n; schema 0 is an empty database. Steps that were
// released are never changed.
using SchemaSteps = std::vector<const char*>;
const SchemaSteps& schema_steps();

// Refuses a database whose schema is newer than the steps: kFailedPrecondition.
void check_schema(Connection& connection, const SchemaSteps& steps);
// Runs the steps that are missing, all or none; the database must have been checked.
void migrate(Connection& connection, const SchemaSteps& steps);

}  // namespace sublet::adapters::sqlite

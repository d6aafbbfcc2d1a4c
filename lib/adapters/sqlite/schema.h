// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "adapters/sqlite/connection.h"

namespace sublet::adapters::sqlite {

// What a file of Sublet's looks like.
struct Schema {
  // PRAGMA application_id: that it is one, and of what.
  std::int64_t application_id = 0;
  // SQL that makes schema n + 1 out of schema n; schema 0 is an empty database. Steps that were
  // released are never changed. PRAGMA user_version is the number of steps that made a file.
  std::vector<const char*> steps;
};

// Of a key-value store.
const Schema& key_value_schema();

// Refuses a database whose schema is newer than the steps: kFailedPrecondition.
void check_schema(Connection& connection, const Schema& schema);
// Runs the steps that are missing, all or none; the database must have been checked.
void migrate(Connection& connection, const Schema& schema);

}  // namespace sublet::adapters::sqlite

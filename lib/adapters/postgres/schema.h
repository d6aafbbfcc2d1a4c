// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace sublet::adapters::postgres {

// Of the tables that this build reads and writes. A step of schema.cc leads to each.
inline constexpr std::int64_t kSchemaVersion = 1;

// What a migration starts from.
struct SchemaState {
  bool schema_exists = false;
  std::int64_t version = 0;  // of the tables; 0: there are none
  bool make_policies = true;
};

// Statements that lead to kSchemaVersion. In a transaction: all or none.
std::string migration_sql(const std::string& schema, const SchemaState& from);

}  // namespace sublet::adapters::postgres

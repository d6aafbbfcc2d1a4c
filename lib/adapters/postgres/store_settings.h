// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "adapters/key_value/commit_plan.h"
#include "adapters/postgres/pool_options.h"
#include "adapters/postgres/statements.h"
#include "adapters/postgres/transaction.h"
#include "sublet/adapters/postgres_key_value_store.h"

namespace sublet::adapters::postgres {

// A bound of the interface as a bigint.
inline std::int64_t as_bigint(std::uint64_t number) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(number, INT64_MAX));
}

inline std::int64_t as_bigint(KeyValueTime time) { return time.time_since_epoch().count(); }

inline KeyValueTime as_time(std::int64_t milliseconds) {
  return KeyValueTime(std::chrono::milliseconds(milliseconds));
}

// How many statements the policies of the tables ask for, in front of the others. None where there
// are no policies: one more was measured to cost a fourth of all calls.
inline std::size_t settings_in_front(const PostgresKeyValueOptions& options) {
  return options.row_level_security ? 1 : 0;
}

inline void send_tenant(Sender& sender, const PostgresKeyValueOptions& options,
                        std::string_view tenant) {
  if (!options.row_level_security) return;
  Parameters parameters;
  parameters.bytes(tenant);
  sender.statement(StatementId::kSetTenant, parameters);
}

inline void send_host(Sender& sender, const PostgresKeyValueOptions& options) {
  if (options.row_level_security) sender.statement(StatementId::kSetHost, Parameters());
}

}  // namespace sublet::adapters::postgres

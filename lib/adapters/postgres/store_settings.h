// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "adapters/key_value/commit_plan.h"
#include "adapters/postgres/transaction.h"
#include "sublet/adapters/postgres_key_value_store.h"

namespace sublet::adapters::postgres {

// Statements that go over all of a tenant's entries may take so many times the statement timeout.
inline constexpr int kLongWork = 20;

// A bound of the interface as a bigint.
inline std::int64_t as_bigint(std::uint64_t number) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(number, INT64_MAX));
}

inline std::int64_t as_bigint(KeyValueTime time) { return time.time_since_epoch().count(); }

inline KeyValueTime as_time(std::int64_t milliseconds) {
  return KeyValueTime(std::chrono::milliseconds(milliseconds));
}

// Puts in front what the policies of the tables ask for: one statement. Where the options leave
// them out too, since somebody may make them while this host runs, and it would read nothing from
// then on.
inline void send_tenant(Sender& sender, std::string_view tenant) {
  Parameters parameters;
  parameters.bytes(tenant);
  sender.statement(StatementId::kSetTenant, parameters);
}

}  // namespace sublet::adapters::postgres

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "adapters/postgres/transaction.h"
#include "sublet/adapters/postgres_key_value_store.h"

namespace sublet::adapters::postgres {

// The first transactions of a session: its settings, and last the one that prepares the statements.
// Where only the last goes through, the session is good: engines that speak the protocol need not
// know every setting.
std::vector<std::unique_ptr<Transaction>> session_start(const PostgresKeyValueOptions& options);

}  // namespace sublet::adapters::postgres

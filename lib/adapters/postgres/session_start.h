// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <vector>

#include "adapters/postgres/statement.h"
#include "adapters/postgres/transaction.h"

namespace sublet::adapters::postgres {

// The first transactions of a session: its settings, and last the one that prepares the statements.
// Where only the last goes through, the session is good: engines that speak the protocol need not
// know every setting.
std::vector<std::unique_ptr<Transaction>> session_start(std::chrono::milliseconds statement_timeout,
                                                        std::span<const Statement> statements);

}  // namespace sublet::adapters::postgres

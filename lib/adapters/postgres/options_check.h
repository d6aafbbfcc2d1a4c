// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sublet/adapters/postgres_key_value_store.h"
#include "sublet/result.h"

namespace sublet::adapters::postgres {

// kInvalidArgument: names the option that is out of its range.
Result<void> check_options(const PostgresKeyValueOptions& options);

}  // namespace sublet::adapters::postgres

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sublet/adapters/sqlite_event_queue.h"

namespace sublet::adapters::sqlite::events {

// kInvalidArgument where an option is out of its range.
Result<void> check(const SqliteEventQueueOptions& options);

}  // namespace sublet::adapters::sqlite::events

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sublet/adapters/event_queue.h"

// Places between pages, as callers keep them.
namespace sublet::adapters::postgres {

std::string cursor_of(const EventQueueName& queue);
// kInvalidArgument: it is none. Empty: before all.
Result<EventQueueName> queue_at(std::string_view cursor);

// Where a completion is in the order of all.
struct CompletionPlace {
  std::int64_t transaction = 0;
  std::int64_t id = 0;
};
std::string cursor_of(const CompletionPlace& place);
Result<CompletionPlace> completion_at(std::string_view cursor);

// Of records: a tenant, a byte 0 and a name; both are empty where there is no byte 0.
struct RecordPlace {
  std::string tenant;
  std::string name;
};
RecordPlace record_at(std::string_view after);

}  // namespace sublet::adapters::postgres

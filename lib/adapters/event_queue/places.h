// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sublet/adapters/event_queue.h"

// Where pages go on, as texts: names have no byte 0, which therefore stands between them.
namespace sublet::adapters {

// EventReadyPage::next.
std::string place_of(const EventQueueName& queue);
// What place_of() made; kInvalidArgument about `after`.
Result<EventQueueName> queue_at(std::string_view place);

// `after` of EventQueue::read_records(): the tenant and name.
std::pair<std::string, std::string> record_at(const std::optional<std::string>& tenant,
                                              std::string after);

}  // namespace sublet::adapters

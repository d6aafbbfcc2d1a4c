// SPDX-License-Identifier: Apache-2.0
#include "adapters/event_queue/places.h"

namespace sublet::adapters {

std::string place_of(const EventQueueName& queue) {
  std::string place = queue.tenant;
  for (const std::string* name : {&queue.extension, &queue.event}) {
    place += '\0';
    place += *name;
  }
  return place;
}

Result<EventQueueName> queue_at(std::string_view place) {
  const auto first = place.find('\0');
  const auto second = first == std::string_view::npos ? first : place.find('\0', first + 1);
  if (second == std::string_view::npos || place.find('\0', second + 1) != std::string_view::npos) {
    return Error{ErrorCode::kInvalidArgument, "after is no place that a page named"};
  }
  return EventQueueName{std::string(place.substr(0, first)),
                        std::string(place.substr(first + 1, second - first - 1)),
                        std::string(place.substr(second + 1))};
}

std::pair<std::string, std::string> record_at(const std::optional<std::string>& tenant,
                                              std::string after) {
  if (tenant.has_value()) return {*tenant, std::move(after)};
  const auto end = after.find('\0');
  if (end == std::string::npos) return {std::move(after), {}};
  return {after.substr(0, end), after.substr(end + 1)};
}

}  // namespace sublet::adapters

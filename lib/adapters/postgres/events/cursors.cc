// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/cursors.h"

#include <charconv>
#include <system_error>

namespace sublet::adapters::postgres {
namespace {

Error no_cursor() { return {ErrorCode::kInvalidArgument, "after is no cursor that a page named"}; }

bool read_number(std::string_view text, std::int64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

// Names have no byte 0.
std::string cursor_of(const EventQueueName& queue) {
  return queue.tenant + '\0' + queue.extension + '\0' + queue.event;
}

Result<EventQueueName> queue_at(std::string_view cursor) {
  if (cursor.empty()) return EventQueueName{};
  const std::size_t first = cursor.find('\0');
  if (first == std::string_view::npos) return no_cursor();
  const std::size_t second = cursor.find('\0', first + 1);
  if (second == std::string_view::npos) return no_cursor();
  return EventQueueName{std::string(cursor.substr(0, first)),
                        std::string(cursor.substr(first + 1, second - first - 1)),
                        std::string(cursor.substr(second + 1))};
}

std::string cursor_of(const CompletionPlace& place) {
  return std::to_string(place.transaction) + "-" + std::to_string(place.id);
}

Result<CompletionPlace> completion_at(std::string_view cursor) {
  CompletionPlace place;
  if (cursor.empty()) return place;
  const std::size_t dash = cursor.find('-');
  if (dash == std::string_view::npos || !read_number(cursor.substr(0, dash), place.transaction) ||
      !read_number(cursor.substr(dash + 1), place.id)) {
    return no_cursor();
  }
  return place;
}

RecordPlace record_at(std::string_view after) {
  const std::size_t end = after.find('\0');
  if (end == std::string_view::npos) return {};
  return {std::string(after.substr(0, end)), std::string(after.substr(end + 1))};
}

}  // namespace sublet::adapters::postgres

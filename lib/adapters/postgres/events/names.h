// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/adapters/event_queue.h"

// What the processes on one schema call things among each other. The function publish() of
// schema.cc says the same in SQL.
namespace sublet::adapters::postgres {

// The first number of this schema's advisory locks.
std::int32_t lock_class(const std::string& schema);
// On which the queues are named that something was put into.
std::string channel_of(const std::string& schema);

// The number of the order that a delivery is in; 0: in none. Two orders that share a number, which
// does not happen, would only wait for each other.
std::int64_t lane_of(const NewDelivery& delivery);

// What a transaction locks first, all at once and in one order: stripes, since the server has room
// for a limited number of locks.
using Stripes = std::set<std::int64_t>;
inline std::int64_t stripe_of_lane(std::int64_t lane) { return lane & 1023; }
std::int64_t stripe_of_key(std::string_view tenant, std::string_view key);
std::int64_t stripe_of_record(const EventRecordWrite& write);
// Of all records of its kind and tenant, where they are counted.
std::int64_t stripe_of_kind(const EventRecordWrite& write);

// A notification: who sends it, and the queues, none meaning "look at all".
std::string notification_of(std::string_view sender, const std::set<EventQueueName>& queues);
struct Notification {
  std::string sender;
  std::vector<EventQueueName> queues;
};
Notification parse_notification(std::string_view text);

}  // namespace sublet::adapters::postgres

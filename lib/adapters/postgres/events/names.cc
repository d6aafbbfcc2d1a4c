// SPDX-License-Identifier: Apache-2.0
#include "adapters/postgres/events/names.h"

#include <algorithm>
#include <initializer_list>
#include <optional>

#include "base/sha256.h"

namespace sublet::adapters::postgres {
namespace {

// The server takes fewer than 8000 bytes.
constexpr std::size_t kMostBytes = 7800;

// Deliveries to extensions take the first 512 stripes of lanes, the outbox the second: a host that
// publishes in its own transaction holds up nothing but the outbox.
constexpr std::int64_t kOutboxBit = 512;
constexpr std::int64_t kStripes = 512;
constexpr std::int64_t kFirstOfKeys = 1024;
constexpr std::int64_t kFirstOfRecords = 1536;

std::string with_size(std::string_view text) {
  std::string sized(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) sized[7 - i] = static_cast<char>(text.size() >> (8 * i));
  return sized.append(text);
}

std::int64_t number_of(std::initializer_list<std::string_view> names) {
  std::string all;
  for (const std::string_view name : names) all += with_size(name);
  const base::Sha256Digest digest = base::sha256(all);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | digest[i];
  return static_cast<std::int64_t>(number);
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

std::optional<std::string> unhex(std::string_view text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    if (digit(text[i]) < 0 || digit(text[i + 1]) < 0) return std::nullopt;
    bytes += static_cast<char>(digit(text[i]) << 4 | digit(text[i + 1]));
  }
  return bytes;
}

// Takes off what is in front of `end`, and it.
std::string_view take_until(std::string_view& rest, char end) {
  const std::string_view taken = rest.substr(0, rest.find(end));
  rest.remove_prefix(std::min(rest.size(), taken.size() + 1));
  return taken;
}

std::optional<EventQueueName> parse_queue(std::string_view text) {
  const auto tenant = unhex(take_until(text, '.'));
  const auto extension = unhex(take_until(text, '.'));
  const auto event = unhex(text);
  if (!tenant || !extension || !event) return std::nullopt;
  return EventQueueName{*tenant, *extension, *event};
}

}  // namespace

std::int32_t lock_class(const std::string& schema) {
  return static_cast<std::int32_t>(number_of({"sublet events", schema}) & 0x7fffffff);
}

std::string channel_of(const std::string& schema) {
  return "sublet_events_" + base::to_hex(base::sha256(schema)).substr(0, 16);
}

std::int64_t lane_of(const NewDelivery& delivery) {
  if (delivery.ordering_key.empty()) return 0;
  const EventQueueName& queue = delivery.queue;
  if (queue.extension.empty()) {
    return number_of({queue.tenant, delivery.ordering_key}) | kOutboxBit;
  }
  const std::int64_t lane = number_of({queue.tenant, queue.extension, delivery.ordering_key});
  return lane & ~kOutboxBit;
}

std::int64_t stripe_of_key(std::string_view tenant, std::string_view key) {
  return kFirstOfKeys + (number_of({tenant, key}) & (kStripes - 1));
}

std::int64_t stripe_of_record(const EventRecordWrite& write) {
  return kFirstOfRecords + (number_of({write.kind, write.tenant, write.name}) & (kStripes - 1));
}

std::int64_t stripe_of_kind(const EventRecordWrite& write) {
  return kFirstOfRecords + (number_of({write.kind, write.tenant}) & (kStripes - 1));
}

std::string notification_of(std::string_view sender, const std::set<EventQueueName>& queues) {
  std::string text = std::string(sender) + ":";
  for (const EventQueueName& queue : queues) {
    if (text.back() != ':') text += ',';
    text += hex(queue.tenant) + "." + hex(queue.extension) + "." + hex(queue.event);
    if (text.size() > kMostBytes) return std::string(sender) + ":";
  }
  return text;
}

Notification parse_notification(std::string_view text) {
  Notification parsed;
  parsed.sender = take_until(text, ':');
  while (!text.empty()) {
    auto queue = parse_queue(take_until(text, ','));
    // Of a build that says it in another way.
    if (!queue) return {parsed.sender, {}};
    parsed.queues.push_back(*std::move(queue));
  }
  return parsed;
}

}  // namespace sublet::adapters::postgres

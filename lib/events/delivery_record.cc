// SPDX-License-Identifier: Apache-2.0
#include "events/delivery_record.h"

#include <chrono>

#include "base/utf8.h"
#include "events/attempt_note.h"
#include "events/flat_fields.h"

namespace sublet::events {
namespace {

void read(const FlatFields& fields, DeliveryRecord& record) {
  record.extension = fields.text("extension");
  record.event = fields.text("event");
  record.event_id = fields.text("id");
  record.delivery = static_cast<std::uint64_t>(fields.number("delivery"));
  record.outcome = outcome_named(fields.text("outcome")).value_or(Outcome::kInternalError);
  record.reason = fields.text("reason");
  record.dead = !record.reason.empty();
  record.attempts = static_cast<std::uint32_t>(fields.number("attempts"));
  record.error_name = fields.text("name");
  record.error_message = fields.text("message");
  record.extension_version = fields.text("version");
  record.published_at = fields.time("published_at");
  record.settled_at = fields.time("settled_at");
  record.cpu_time = std::chrono::nanoseconds(fields.number("cpu_ns"));
  record.wall_time = std::chrono::nanoseconds(fields.number("wall_ns"));
}

}  // namespace

std::string to_text(const DeliveryRecord& record) {
  FlatFields fields;
  fields.put("extension", record.extension);
  fields.put("event", record.event);
  fields.put("id", record.event_id);
  fields.put("delivery", static_cast<std::int64_t>(record.delivery));
  fields.put("outcome", to_string(record.outcome));
  if (record.dead) fields.put("reason", record.reason);
  fields.put("attempts", std::int64_t{record.attempts});
  fields.put("name", base::cut_utf8(record.error_name, AttemptNote::kMostNameBytes));
  fields.put("message", base::cut_utf8(record.error_message, AttemptNote::kMostMessageBytes));
  fields.put("version", record.extension_version);
  fields.put("published_at", record.published_at);
  fields.put("settled_at", record.settled_at);
  fields.put("cpu_ns", record.cpu_time.count());
  fields.put("wall_ns", record.wall_time.count());
  return fields.to_json();
}

DeliveryRecord read_record(const EventCompletion& completion) noexcept {
  DeliveryRecord record;
  try {
    record.cursor = completion.cursor;
    record.tenant = completion.tenant;
    record.settled_at = completion.at;
    const FlatFields fields = FlatFields::read(completion.content);
    if (!fields.text("outcome").empty()) read(fields, record);
  } catch (...) {  // no memory: as one that cannot be read
  }
  return record;
}

}  // namespace sublet::events

// SPDX-License-Identifier: Apache-2.0
#include "testing/expect.h"

#include <utility>

namespace sublet::testing::conformance {
namespace {

constexpr std::size_t kShownBytes = 60;

// The library that is proved is not linked for its names.
std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "kInvalidArgument";
    case ErrorCode::kNotFound:
      return "kNotFound";
    case ErrorCode::kAlreadyExists:
      return "kAlreadyExists";
    case ErrorCode::kFailedPrecondition:
      return "kFailedPrecondition";
    case ErrorCode::kResourceExhausted:
      return "kResourceExhausted";
    case ErrorCode::kUnavailable:
      return "kUnavailable";
    case ErrorCode::kInternal:
      return "kInternal";
    case ErrorCode::kIndeterminate:
      return "kIndeterminate";
  }
  return "no code";
}

char hex_digit(unsigned value) { return "0123456789abcdef"[value & 15u]; }

}  // namespace

void fail(std::string what) { throw Failure{std::move(what)}; }

std::string show(std::string_view text) {
  std::string shown = "\"";
  for (const char c : text.substr(0, kShownBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F) {
      shown += c;
    } else {
      shown += "\\x";
      shown += hex_digit(byte >> 4u);
      shown += hex_digit(byte);
    }
  }
  shown += '"';
  if (text.size() > kShownBytes) shown += "... (" + std::to_string(text.size()) + " bytes)";
  return shown;
}

std::string show(std::uint64_t number) { return std::to_string(number); }

std::string show(bool value) { return value ? "true" : "false"; }

std::string show(KeyValueTime time) {
  return std::to_string(time.time_since_epoch().count()) + " ms";
}

std::string show(const KeyValueUsage& usage) {
  return std::to_string(usage.keys) + " keys of " + std::to_string(usage.bytes.count) + " bytes";
}

std::string show(const KeyValueValue& value) {
  return std::string(value.type == KeyValueType::kJson ? "JSON " : "bytes ") + show(value.data);
}

std::string show(const KeyValueEntry& entry) {
  return "{key " + show(entry.key) + ", " + show(entry.value) + ", version " + show(entry.version) +
         ", updated at " + show(entry.updated_at) + ", expires at " + show(entry.expires_at) + "}";
}

std::string show(KeyValueCommitted::Status status) {
  switch (status) {
    case KeyValueCommitted::Status::kCommitted:
      return "kCommitted";
    case KeyValueCommitted::Status::kConflict:
      return "kConflict";
    case KeyValueCommitted::Status::kRefused:
      return "kRefused";
    case KeyValueCommitted::Status::kOverKeys:
      return "kOverKeys";
    case KeyValueCommitted::Status::kOverBytes:
      return "kOverBytes";
  }
  return "no status";
}

std::string show(const EventQueueName& queue) {
  return "{" + show(queue.tenant) + ", " + show(queue.extension) + ", " + show(queue.event) + "}";
}

std::string show(EventDelivery::State state) {
  switch (state) {
    case EventDelivery::State::kWaiting:
      return "kWaiting";
    case EventDelivery::State::kClaimed:
      return "kClaimed";
    case EventDelivery::State::kBlocked:
      return "kBlocked";
    case EventDelivery::State::kDead:
      return "kDead";
  }
  return "no state";
}

std::string show(EventEnqueued::Status status) {
  switch (status) {
    case EventEnqueued::Status::kEnqueued:
      return "kEnqueued";
    case EventEnqueued::Status::kDuplicate:
      return "kDuplicate";
    case EventEnqueued::Status::kConflict:
      return "kConflict";
    case EventEnqueued::Status::kOverCount:
      return "kOverCount";
  }
  return "no status";
}

std::string show(const EventCounts& counts) {
  return "{" + show(counts.waiting) + " waiting, " + show(counts.claimed) + " claimed, " +
         show(counts.blocked) + " blocked, " + show(counts.dead) + " dead}";
}

std::string show(const Error& error) {
  return std::string(name_of(error.code)) + ": " + error.message;
}

std::string show(const std::map<std::string, KeyValueUsage>& spaces) {
  std::string text;
  for (const auto& [name, usage] : spaces) text += show(name) + ": " + show(usage) + "; ";
  return "{" + text + "}";
}

}  // namespace sublet::testing::conformance

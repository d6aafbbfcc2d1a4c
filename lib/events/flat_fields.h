// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "sublet/adapters/event_queue.h"

namespace sublet::events {

// The small JSON objects that the layer keeps in a queue: texts and whole numbers by name.
//
// Ownership: owns its fields. Thread safety: none.
class FlatFields {
 public:
  // Of a text that is no JSON object: no fields. Members that are neither text nor whole number are
  // left out.
  static FlatFields read(std::string_view json);

  // An empty text, and 0, take no room.
  void put(const char* name, std::string_view text);
  void put(const char* name, std::int64_t number);
  void put(const char* name, EventTime time) { put(name, time.time_since_epoch().count()); }

  // Empty, and 0, where there is none.
  std::string text(const char* name) const;
  std::int64_t number(const char* name) const;
  EventTime time(const char* name) const {
    return EventTime(std::chrono::milliseconds(number(name)));
  }

  std::string to_json() const;

 private:
  using Field = std::variant<std::string, std::int64_t>;

  std::map<std::string, Field, std::less<>> fields_;
};

}  // namespace sublet::events

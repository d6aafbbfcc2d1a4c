// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/adapters/event_queue.h"
#include "sublet/adapters/key_value_store.h"

// What a case expects, in words.
namespace sublet::testing::conformance {

// Ends a case.
struct Failure {
  std::string what;
};

[[noreturn]] void fail(std::string what);

// As they stand in a failure; long texts are cut, bytes that cannot be read are written as \xNN.
std::string show(std::string_view text);
std::string show(std::uint64_t number);
std::string show(bool value);
std::string show(KeyValueTime time);
std::string show(const KeyValueUsage& usage);
std::string show(const KeyValueValue& value);
std::string show(const KeyValueEntry& entry);
std::string show(KeyValueCommitted::Status status);
std::string show(const EventQueueName& queue);
std::string show(EventDelivery::State state);
std::string show(EventEnqueued::Status status);
std::string show(const EventCounts& counts);
std::string show(const Error& error);

inline std::string show(const std::string& text) { return show(std::string_view(text)); }
inline std::string show(const char* text) { return show(std::string_view(text)); }

template <typename T>
std::string show(const std::optional<T>& value) {
  return value.has_value() ? show(*value) : "nothing";
}

template <typename List>
std::string show_list(const List& list) {
  std::string text;
  for (const auto& item : list) {
    if (!text.empty()) text += ", ";
    if (text.size() > 400) return "[" + text + "...]";
    text += show(item);
  }
  return "[" + text + "]";
}
inline std::string show(const std::vector<std::string>& list) { return show_list(list); }
inline std::string show(const std::vector<std::uint64_t>& list) { return show_list(list); }
inline std::string show(const std::vector<EventQueueName>& list) { return show_list(list); }
inline std::string show(const std::vector<bool>& list) {
  std::string text;
  for (const bool item : list) text += item ? "1" : "0";
  return "[" + text + "]";
}
std::string show(const std::map<std::string, KeyValueUsage>& spaces);

// `what` says what is looked at: "the version".
inline void expect(bool holds, std::string_view what) {
  if (!holds) fail("expected: " + std::string(what));
}

template <typename Found, typename Expected>
void expect_equal(std::string_view what, const Found& found, const Expected& expected) {
  if (found == expected) return;
  fail(std::string(what) + ": expected " + show(expected) + ", found " + show(found));
}

}  // namespace sublet::testing::conformance

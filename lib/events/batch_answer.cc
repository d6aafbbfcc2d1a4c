// SPDX-License-Identifier: Apache-2.0
#include "events/batch_answer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace sublet::events {
namespace {

using Json = nlohmann::json;

// As GuestError::retry_after.
constexpr double kMostSeconds = 30.0 * 24 * 3600;

BatchAnswer all_failed(std::size_t count, std::string fault) {
  return {std::vector<BatchItemAnswer>(count, {true, std::nullopt}), std::move(fault)};
}

std::optional<std::chrono::milliseconds> retry_after_of(const Json& entry) {
  const auto found = entry.is_object() ? entry.find("retryAfter") : entry.end();
  if (!entry.is_object() || found == entry.end() || !found->is_number()) return std::nullopt;
  const double seconds = std::clamp(found->get<double>(), 0.0, kMostSeconds);
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

std::string id_of(const Json& entry) {
  if (entry.is_string()) return entry.get<std::string>();
  const auto found = entry.is_object() ? entry.find("id") : entry.end();
  if (!entry.is_object() || found == entry.end() || !found->is_string()) return {};
  return found->get<std::string>();
}

// Items of one batch may have the same id: all of them are meant. False: none has it.
bool mark(const Json& entry, const std::vector<std::string>& event_ids, BatchAnswer& answer) {
  const std::string id = id_of(entry);
  bool found = false;
  for (std::size_t i = 0; i < event_ids.size(); ++i) {
    if (event_ids[i] != id) continue;
    answer.items[i] = {true, retry_after_of(entry)};
    found = true;
  }
  return found;
}

}  // namespace

BatchAnswer read_batch_answer(std::string_view json, const std::vector<std::string>& event_ids) {
  BatchAnswer answer{std::vector<BatchItemAnswer>(event_ids.size()), {}};
  const Json parsed = Json::parse(json, nullptr, false);
  const auto failed = parsed.is_object() ? parsed.find("failed") : parsed.end();
  if (!parsed.is_object() || failed == parsed.end() || failed->is_null()) return answer;
  if (!failed->is_array()) {
    return all_failed(event_ids.size(), "\"failed\" of a batch's answer is no array");
  }
  for (const Json& entry : *failed) {
    if (mark(entry, event_ids, answer)) continue;
    return all_failed(event_ids.size(), "\"failed\" names an event that is not in the batch");
  }
  return answer;
}

}  // namespace sublet::events

// SPDX-License-Identifier: Apache-2.0
#include "events/envelope.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace sublet::events {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 4> kSources = {"host", "extension", "schedule", "webhook"};
// A chain is never longer than EventPolicy::max_depth allows.
constexpr std::size_t kMostCauses = 64;

void put(Json& json, const char* name, const std::string& value) {
  if (!value.empty()) json[name] = value;
}

std::string text_of(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<EventTime> time_of(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number_integer()) return std::nullopt;
  return EventTime(std::chrono::milliseconds(found->get<std::int64_t>()));
}

Source source_of(const std::string& name) {
  for (std::size_t i = 0; i < kSources.size(); ++i) {
    if (kSources[i] == name) return static_cast<Source>(i);
  }
  return Source::kHost;
}

Envelope read(const Json& json, EventTime enqueued_at) {
  Envelope envelope;
  envelope.source = source_of(text_of(json, "source"));
  envelope.publisher = text_of(json, "publisher");
  envelope.published_at = time_of(json, "at").value_or(enqueued_at);
  envelope.not_before = time_of(json, "not_before");
  envelope.trace_parent = text_of(json, "trace_parent");
  envelope.trace_state = text_of(json, "trace_state");
  const auto causes = json.find("causes");
  if (causes == json.end() || !causes->is_array()) return envelope;
  for (const Json& cause : *causes) {
    if (envelope.causes.size() == kMostCauses) break;
    if (cause.is_string()) envelope.causes.push_back(cause.get<std::string>());
  }
  return envelope;
}

}  // namespace

std::string to_text(const Envelope& envelope) {
  Json json = Json::object();
  if (envelope.source != Source::kHost) {
    json["source"] = kSources.at(static_cast<std::size_t>(envelope.source));
  }
  put(json, "publisher", envelope.publisher);
  json["at"] = envelope.published_at.time_since_epoch().count();
  if (envelope.not_before) json["not_before"] = envelope.not_before->time_since_epoch().count();
  put(json, "trace_parent", envelope.trace_parent);
  put(json, "trace_state", envelope.trace_state);
  if (!envelope.causes.empty()) json["causes"] = envelope.causes;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Envelope read_envelope(std::string_view text, EventTime enqueued_at) noexcept {
  try {
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_object()) return read(json, enqueued_at);
  } catch (...) {  // no memory: as one that cannot be read
  }
  Envelope envelope;
  envelope.published_at = enqueued_at;
  return envelope;
}

}  // namespace sublet::events

// SPDX-License-Identifier: Apache-2.0
// What the manifest says of durable events.
#include <fmt/format.h>

#include <algorithm>

#include "policy/events/event_sections.h"
#include "policy/manifest_reader.h"
#include "policy/names.h"

namespace sublet::policy {

Result<void> ManifestReader::delivery() { return read_delivery(sections_, manifest_.delivery); }

Result<void> ManifestReader::schedules() { return read_schedules(sections_, manifest_.schedules); }

Result<void> ManifestReader::handles(std::uint32_t line, const std::string& field,
                                     const std::string& event) const {
  const auto& handlers = manifest_.handlers;
  const bool known =
      std::any_of(handlers.begin(), handlers.end(),
                  [&](const ManifestHandler& handler) { return handler.event == event; });
  if (known) return {};
  return sections_.refuse_at(
      line, fmt::format("{}: {} is no event of handlers", field, in_quotes(event)));
}

// What the sections say of the handlers, wherever they stand.
Result<void> ManifestReader::check_events() const {
  for (const auto& [event, batch] : manifest_.delivery.batches) {
    if (auto known = handles(batch.line, "delivery.batches", event); !known) return known;
  }
  for (const ScheduleDeclaration& declared : manifest_.schedules) {
    const std::string field = "schedules." + shown(declared.schedule.name) + ".event";
    if (auto known = handles(declared.line, field, declared.schedule.event); !known) return known;
  }
  return {};
}

}  // namespace sublet::policy

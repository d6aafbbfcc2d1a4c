// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/adapters/event_queue.h"

namespace sublet::events {

// Who published an event.
enum class Source : std::uint8_t { kHost, kExtension, kSchedule, kWebhook };

// What is kept beside a payload: NewDelivery::envelope, as JSON.
struct Envelope {
  Source source = Source::kHost;
  std::string publisher;  // the extension, where one published it
  EventTime published_at{};
  std::optional<EventTime> not_before;  // its age counts from there
  // What led to it: ids of events, the first one first; empty where nothing did. Its size is the
  // depth.
  std::vector<std::string> causes;
  std::string trace_parent;
  std::string trace_state;

  friend bool operator==(const Envelope&, const Envelope&) = default;
};

// Short JSON text: what is at its default is left out.
std::string to_text(const Envelope& envelope);
// An empty text (the outbox's) is an envelope of the host's. What cannot be read is taken for one,
// too: a delivery is never lost for it. `enqueued_at` stands in for published_at.
Envelope read_envelope(std::string_view text, EventTime enqueued_at) noexcept;

}  // namespace sublet::events

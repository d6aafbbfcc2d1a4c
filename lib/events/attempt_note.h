// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "sublet/invocation.h"

namespace sublet::events {

// What came of the last attempt at a delivery: EventSettlement::note, as JSON.
struct AttemptNote {
  // Of an error, so that notes and completions keep within their bounds.
  static constexpr std::size_t kMostNameBytes = 256;
  static constexpr std::size_t kMostMessageBytes = 4096;

  Outcome outcome = Outcome::kInternalError;
  std::string error_name;
  std::string error_message;

  friend bool operator==(const AttemptNote&, const AttemptNote&) = default;
};

// Short JSON text; a name or message that is too long is cut.
std::string to_text(const AttemptNote& note);
// Nullopt: there was no attempt, or it is no note.
std::optional<AttemptNote> read_note(std::string_view text) noexcept;

// The outcome of to_string()'s name.
std::optional<Outcome> outcome_named(std::string_view name) noexcept;

}  // namespace sublet::events

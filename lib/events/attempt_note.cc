// SPDX-License-Identifier: Apache-2.0
#include "events/attempt_note.h"

#include "base/utf8.h"
#include "events/flat_fields.h"

namespace sublet::events {
std::string to_text(const AttemptNote& note) {
  FlatFields fields;
  fields.put("outcome", to_string(note.outcome));
  fields.put("name", base::cut_utf8(note.error_name, AttemptNote::kMostNameBytes));
  fields.put("message", base::cut_utf8(note.error_message, AttemptNote::kMostMessageBytes));
  return fields.to_json();
}

std::optional<AttemptNote> read_note(std::string_view text) noexcept {
  try {
    const FlatFields fields = FlatFields::read(text);
    const std::optional<Outcome> outcome = outcome_named(fields.text("outcome"));
    if (!outcome) return std::nullopt;
    return AttemptNote{*outcome, fields.text("name"), fields.text("message")};
  } catch (...) {  // no memory: as one that cannot be read
    return std::nullopt;
  }
}

std::optional<Outcome> outcome_named(std::string_view name) noexcept {
  for (auto outcome = Outcome::kOk; outcome <= Outcome::kInternalError;
       outcome = static_cast<Outcome>(static_cast<std::uint8_t>(outcome) + 1)) {
    if (to_string(outcome) == name) return outcome;
  }
  return std::nullopt;
}

}  // namespace sublet::events

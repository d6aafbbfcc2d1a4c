// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "policy/request/scrub_decoders.h"
#include "policy/request/scrub_filter.h"

namespace sublet::policy {

// A position in a text is settled where no reading of the text has the beginning of an escape, of
// an escape's escape neither, before it and its end after it. Reading may begin there.
//
// Answers the last such position of `text` that is not after `limit`, or npos; `begins` says
// whether the text's beginning is one.
std::size_t settled_position(std::string_view text, std::size_t limit, bool begins) noexcept;

// Reads a text in all the ways in which a SecretSearch does, in bulk and without knowing where in
// the text what it reads was, and asks the filter about each.
//
// Ownership: borrows the filter.
// Thread safety: none.
class SecretSkimmer {
 public:
  // A text has so much after its settled position. Where a search begins there it must see the
  // group of base64 whole whose last digit is the first that a needle has, which is three digits
  // more than the filter leaves to it.
  static constexpr std::size_t kLeft = SecretFilter::kLead + 4;

  SecretSkimmer(const SecretFilter& filter, bool has_space)
      : filter_(filter), has_space_(has_space) {}

  // Whether no secret begins in `text` before `settled` in any reading of it, so that a search may
  // begin there. Both the beginning of `text` and `settled` are settled positions.
  bool is_clear(std::string_view text, std::size_t settled);

 private:
  // A text, and how much of it was made from what stands before the settled position.
  struct Side {
    std::string_view text;
    std::size_t settled;
  };

  static Escapes present(std::string_view text, Escapes asked);
  // In `out`; false where what was promised about the settled position does not hold.
  static bool decode(Side from, Escapes escapes, std::string& out, Side& made);
  bool is_clear_in(Side side) const;
  bool is_clear_without_line_breaks(Side side);
  // Everything that readings with these escapes at first make of it.
  bool is_clear_decoded(Side plain, Escapes first, Escapes in_text);

  const SecretFilter& filter_;
  bool has_space_;
  std::string once_;
  std::string twice_;
  std::string joined_;
};

}  // namespace sublet::policy

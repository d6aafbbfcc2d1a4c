// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "policy/request/scrub_reading.h"

namespace sublet::policy {

// All readings of one text, byte by byte: exact, and slow (about 100 ns a byte).
//
// Ownership: borrows the matcher.
// Thread safety: none.
class SecretSearch {
 public:
  SecretSearch(const SecretMatcher& matcher, bool has_space)
      : matcher_(matcher), has_space_(has_space) {}
  SecretSearch(const SecretSearch&) = delete;
  SecretSearch& operator=(const SecretSearch&) = delete;

  // The text from position() on.
  void push(std::string_view text);
  void finish();
  // Goes on from there as if the text began there. What was found stays.
  void restart(std::uint64_t position);

  std::uint64_t position() const { return seen_; }
  // From where on a secret may have begun that has not ended.
  std::uint64_t undecided() const;
  // In no order. Who passes a secret on takes it out.
  std::vector<FoundSecret>& found() { return found_; }

 private:
  void read(const DecodedByte& byte);
  void read_runs(const DecodedByte& byte);

  const SecretMatcher& matcher_;
  bool has_space_;
  std::vector<FoundSecret> found_;
  std::uint64_t seen_ = 0;

  Reading plain_{matcher_, found_};
  EscapedReading percent_{Escapes::kPercent, matcher_, found_};
  EscapedReading backslash_{Escapes::kBackslash, matcher_, found_};
  EscapedReading entity_{Escapes::kEntity, matcher_, found_};
  EscapedReading form_{Escapes::kForm, matcher_, found_};
  EscapedReading all_{Escapes::kAll, matcher_, found_};
  HexDecoder hex_;
  Base64Decoder base64_;
  std::array<Reading, 2> in_hex_{Reading(matcher_, found_), Reading(matcher_, found_)};
  std::array<Reading, 4> in_base64_{Reading(matcher_, found_), Reading(matcher_, found_),
                                    Reading(matcher_, found_), Reading(matcher_, found_)};
};

}  // namespace sublet::policy

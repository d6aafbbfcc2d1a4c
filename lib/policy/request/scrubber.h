// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "policy/request/scrub_filter.h"
#include "policy/request/scrub_matcher.h"

namespace sublet::policy {

// What is shorter is left alone: it would be found where nobody wrote it. A secret parameter has at
// least kMinSecretLength bytes, so that only an access token can be meant.
inline constexpr std::size_t kMinScrubbedBytes = 4;
inline constexpr std::string_view kScrubbed = "[secret]";

// Replaces secrets by "[secret]" wherever a text has them: as they are; percent-encoded, once or
// twice; with JSON's or JavaScript's escapes, once or twice; as HTML entities; any of these mixed
// with one another and with plain characters, digits in either case; in hexadecimal; and in base64
// of either alphabet, with whatever stands before and after it in the same base64, with or without
// padding and line breaks, and with its "+", "/" and "=" escaped. What an origin does beyond that
// (compression, encryption, another order of characters) it does on purpose.
//
// A SecretSearch decodes the text in several ways at once and looks for the secrets in each, in one
// pass. That is slow, so a SecretSkimmer first says where no secret begins, which costs 1 to 5 ns a
// byte, and up to 20 where every few bytes are an escape of another kind. Blocks of 4 KiB in which
// one may begin are searched. Built once for a request, or kept for the next with the same secrets.
//
// Ownership: owns what it needs of the secrets.
// Thread safety: immutable; any number of streams may use it.
class Scrubber {
 public:
  explicit Scrubber(std::span<const std::string> secrets);

  bool empty() const noexcept { return matcher_.longest() == 0; }
  // Whether a whole text has no secret. Quick, and false also where it is not plain to see.
  bool is_clear(std::string_view text) const;
  // A whole text.
  std::string scrub(std::string_view text) const;

 private:
  friend class ScrubStream;

  SecretMatcher matcher_;
  SecretFilter filter_;
  bool has_space_ = false;
};

// A text in pieces: a secret may begin in one and end in another. What may yet be a part of one is
// held back, which is at most what the longest secret takes in its longest encoding.
//
// Ownership: borrows the scrubber, which must outlive it.
// Thread safety: none; one thread at a time.
class ScrubStream {
 public:
  explicit ScrubStream(const Scrubber& scrubber);
  ScrubStream(ScrubStream&&) noexcept;
  ScrubStream& operator=(ScrubStream&&) = delete;
  ~ScrubStream();

  // What can be passed on by now.
  std::string push(std::string_view piece);
  // The rest. Nothing may be pushed after it.
  std::string finish();

 private:
  class Search;

  std::unique_ptr<Search> search_;
};

}  // namespace sublet::policy

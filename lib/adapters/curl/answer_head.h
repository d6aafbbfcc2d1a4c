// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sublet/adapters/http_transport.h"

namespace sublet::adapters::curl {

// Reads status lines and headers as libcurl hands them over, a line at a time. Those of 1xx are
// dropped, and trailers, so that none of them passes for a header.
//
// Thread safety: none.
class AnswerHead {
 public:
  enum class Verdict : std::uint8_t { kGood, kTooLarge, kMalformed };

  explicit AnswerHead(std::uint64_t max_bytes) : left_(max_bytes) {}

  // With its line end.
  Verdict add(std::string_view line);

  // Whether the final answer's headers are all there.
  bool is_complete() const noexcept { return place_ == Place::kTrailers; }
  int status() const noexcept { return is_complete() ? status_ : 0; }
  std::vector<HttpHeader> take_headers() noexcept { return std::move(headers_); }

 private:
  enum class Place : std::uint8_t { kStatus, kHeaders, kTrailers };

  Verdict add_status(std::string_view line);
  Verdict add_header(std::string_view line);

  std::uint64_t left_;
  Place place_ = Place::kStatus;
  int status_ = 0;
  std::vector<HttpHeader> headers_;
};

// Whether it can be the value of a header: no control characters but tabs.
bool is_header_value(std::string_view text) noexcept;
// Without blanks at both ends.
std::string_view trimmed(std::string_view text) noexcept;

}  // namespace sublet::adapters::curl

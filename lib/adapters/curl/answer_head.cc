// SPDX-License-Identifier: Apache-2.0
#include "adapters/curl/answer_head.h"

#include <algorithm>

#include "base/http_names.h"

namespace sublet::adapters::curl {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::string_view without_line_end(std::string_view line) noexcept {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

bool is_header_value(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

AnswerHead::Verdict AnswerHead::add(std::string_view line) {
  if (line.size() > left_) return Verdict::kTooLarge;
  left_ -= line.size();
  line = without_line_end(line);
  if (place_ == Place::kStatus) return add_status(line);
  if (place_ == Place::kTrailers) return Verdict::kGood;
  if (!line.empty()) return add_header(line);
  place_ = status_ >= 200 ? Place::kTrailers : Place::kStatus;
  return Verdict::kGood;
}

AnswerHead::Verdict AnswerHead::add_status(std::string_view line) {
  const std::size_t blank = line.find(' ');
  if (!line.starts_with("HTTP/") || blank == std::string_view::npos) return Verdict::kMalformed;
  const std::string_view digits = line.substr(blank + 1, 3);
  const std::string_view rest = line.substr(std::min(line.size(), blank + 4));
  if (digits.size() != 3 || !std::all_of(digits.begin(), digits.end(), is_digit) ||
      digits[0] < '1' || digits[0] > '5' || (!rest.empty() && rest[0] != ' ')) {
    return Verdict::kMalformed;
  }
  status_ = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
  // The protocol that would follow is none of ours.
  if (status_ == 101) return Verdict::kMalformed;
  headers_.clear();
  place_ = Place::kHeaders;
  return Verdict::kGood;
}

AnswerHead::Verdict AnswerHead::add_header(std::string_view line) {
  // A value that goes on, as old peers write it.
  const bool continues = line.front() == ' ' || line.front() == '\t';
  const std::size_t colon = line.find(':');
  if (continues ? headers_.empty() : colon == std::string_view::npos) return Verdict::kMalformed;
  const std::string_view value = trimmed(continues ? line : line.substr(colon + 1));
  if (!is_header_value(value)) return Verdict::kMalformed;
  if (continues) {
    headers_.back().value.append(headers_.back().value.empty() ? "" : " ").append(value);
    return Verdict::kGood;
  }
  const std::string_view name = line.substr(0, colon);
  if (!base::is_http_token(name)) return Verdict::kMalformed;
  headers_.push_back({std::string(name), std::string(value)});
  return Verdict::kGood;
}

}  // namespace sublet::adapters::curl

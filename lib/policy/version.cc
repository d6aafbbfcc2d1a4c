// SPDX-License-Identifier: Apache-2.0
#include "policy/version.h"

#include <chrono>
#include <cstddef>

namespace sublet::policy {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_number_without_leading_zero(std::string_view text) {
  if (text.empty() || (text.size() > 1 && text.front() == '0')) return false;
  for (const char c : text) {
    if (!is_digit(c)) return false;
  }
  return true;
}

// A pre-release identifier that is all digits may not have leading zeros; build metadata may.
bool is_identifier(std::string_view text, bool leading_zeros) {
  if (text.empty()) return false;
  bool digits_only = true;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    if (!letter && !is_digit(c)) return false;
    digits_only = digits_only && !letter;
  }
  return leading_zeros || !digits_only || is_number_without_leading_zero(text);
}

template <typename Accepts>
bool each_part(std::string_view text, Accepts accepts) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!accepts(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

bool is_semantic_version(std::string_view text) noexcept {
  if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
    const auto accepts = [](std::string_view part) { return is_identifier(part, true); };
    if (!each_part(text.substr(plus + 1), accepts)) return false;
    text = text.substr(0, plus);
  }
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    const auto accepts = [](std::string_view part) { return is_identifier(part, false); };
    if (!each_part(text.substr(dash + 1), accepts)) return false;
    text = text.substr(0, dash);
  }
  int parts = 0;
  const auto accepts = [&parts](std::string_view part) {
    ++parts;
    return is_number_without_leading_zero(part);
  };
  return each_part(text, accepts) && parts == 3;
}

bool is_calendar_date(std::string_view text) noexcept {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t at : {0, 1, 2, 3, 5, 6, 8, 9}) {
    if (!is_digit(text[at])) return false;
  }
  const std::chrono::year_month_day date{
      std::chrono::year{number(text.substr(0, 4))},
      std::chrono::month{static_cast<unsigned>(number(text.substr(5, 2)))},
      std::chrono::day{static_cast<unsigned>(number(text.substr(8, 2)))}};
  return date.ok() && date.year() >= std::chrono::year{2000};
}

}  // namespace sublet::policy

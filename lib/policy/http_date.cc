// SPDX-License-Identifier: Apache-2.0
#include "policy/http_date.h"

#include <array>
#include <cstddef>

#include "policy/http_fields.h"

namespace sublet::policy {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> kLongDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct DateParts {
  unsigned weekday = 0;  // 0: Sunday
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

// Reads a text from its start; after the first thing that does not fit, nothing fits any more.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  Reader& literal(std::string_view expected) {
    if (!rest_.starts_with(expected)) return fail();
    rest_.remove_prefix(expected.size());
    return *this;
  }

  // Exactly `digits` digits; with `spaced`, the first of them may be a space.
  template <typename Number>
  Reader& number(Number& value, std::size_t digits, bool spaced = false) {
    if (rest_.size() < digits) return fail();
    value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const char digit = spaced && i == 0 && rest_[0] == ' ' ? '0' : rest_[i];
      if (digit < '0' || digit > '9') return fail();
      value = value * 10 + static_cast<Number>(digit - '0');
    }
    rest_.remove_prefix(digits);
    return *this;
  }

  // One of the names: its place among them, from `first` on.
  template <std::size_t kCount>
  Reader& name(unsigned& value, const std::array<std::string_view, kCount>& names, unsigned first) {
    for (std::size_t i = 0; i < kCount; ++i) {
      if (!rest_.starts_with(names[i])) continue;
      value = first + static_cast<unsigned>(i);
      rest_.remove_prefix(names[i].size());
      return *this;
    }
    return fail();
  }

  Reader& time_of_day(DateParts& parts) {
    return number(parts.hour, 2)
        .literal(":")
        .number(parts.minute, 2)
        .literal(":")
        .number(parts.second, 2);
  }

  bool complete() const { return fits_ && rest_.empty(); }

 private:
  Reader& fail() {
    fits_ = false;
    rest_ = {};
    return *this;
  }

  std::string_view rest_;
  bool fits_ = true;
};

// Sun, 06 Nov 1994 08:49:37 GMT
bool read_imf_fixdate(std::string_view text, DateParts& parts) {
  return Reader(text)
      .name(parts.weekday, kDays, 0)
      .literal(", ")
      .number(parts.day, 2)
      .literal(" ")
      .name(parts.month, kMonths, 1)
      .literal(" ")
      .number(parts.year, 4)
      .literal(" ")
      .time_of_day(parts)
      .literal(" GMT")
      .complete();
}

// Sunday, 06-Nov-94 08:49:37 GMT
bool read_rfc850_date(std::string_view text, DateParts& parts) {
  return Reader(text)
      .name(parts.weekday, kLongDays, 0)
      .literal(", ")
      .number(parts.day, 2)
      .literal("-")
      .name(parts.month, kMonths, 1)
      .literal("-")
      .number(parts.year, 2)
      .literal(" ")
      .time_of_day(parts)
      .literal(" GMT")
      .complete();
}

// Sun Nov  6 08:49:37 1994
bool read_asctime_date(std::string_view text, DateParts& parts) {
  return Reader(text)
      .name(parts.weekday, kDays, 0)
      .literal(" ")
      .name(parts.month, kMonths, 1)
      .literal(" ")
      .number(parts.day, 2, true)
      .literal(" ")
      .time_of_day(parts)
      .literal(" ")
      .number(parts.year, 4)
      .complete();
}

std::optional<WallTime> time_of(const DateParts& parts) {
  const std::chrono::year_month_day date{
      std::chrono::year{parts.year}, std::chrono::month{parts.month}, std::chrono::day{parts.day}};
  // The grammar allows for a leap second.
  if (!date.ok() || parts.hour > 23 || parts.minute > 59 || parts.second > 60) return std::nullopt;
  const std::chrono::sys_days days{date};
  if (std::chrono::weekday{days}.c_encoding() != parts.weekday) return std::nullopt;
  return WallTime(days) + std::chrono::hours(parts.hour) + std::chrono::minutes(parts.minute) +
         std::chrono::seconds(parts.second);
}

// The year with these two digits that is at most 50 years ahead, and less than 50 past.
int with_century(const DateParts& parts, WallTime now) {
  using std::chrono::years;
  const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
  const int this_year = static_cast<int>(today.year());
  std::chrono::year_month_day date{std::chrono::year{this_year - this_year % 100 + parts.year},
                                   std::chrono::month{parts.month}, std::chrono::day{parts.day}};
  if (date > today + years(50)) date -= years(100);
  if (date <= today - years(50)) date += years(100);
  return static_cast<int>(date.year());
}

}  // namespace

std::optional<WallTime> parse_http_date(std::string_view text, WallTime now) noexcept {
  text = trim_field(text);
  DateParts parts;
  if (read_imf_fixdate(text, parts) || read_asctime_date(text, parts)) return time_of(parts);
  if (!read_rfc850_date(text, parts)) return std::nullopt;
  parts.year = with_century(parts, now);
  return time_of(parts);
}

}  // namespace sublet::policy

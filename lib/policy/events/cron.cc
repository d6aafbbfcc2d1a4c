// SPDX-License-Identifier: Apache-2.0
#include "policy/events/cron.h"

#include <bit>

namespace sublet::policy {
namespace {

using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::year_month_day;

constexpr std::chrono::year kLastYear{9999};

bool is_in(std::uint64_t bits, unsigned value) { return (bits >> value & 1U) != 0; }

bool fits_day(const Cron& cron, local_days day, const year_month_day& date) {
  const bool of_month = is_in(cron.days, static_cast<unsigned>(date.day()));
  const bool of_week = is_in(cron.weekdays, std::chrono::weekday(day).c_encoding());
  if (cron.any_day_of_month || cron.any_weekday) return of_month && of_week;
  return of_month || of_week;
}

// The lowest bit at or above `from`.
std::optional<unsigned> next_bit(std::uint64_t bits, unsigned from) {
  const std::uint64_t left = from < 64 ? bits >> from << from : 0;
  if (left == 0) return std::nullopt;
  return static_cast<unsigned>(std::countr_zero(left));
}

// The first minute of the day at or after this one.
std::optional<std::chrono::minutes> minute_of_day(const Cron& cron, std::chrono::minutes from) {
  const auto hour = static_cast<unsigned>(from.count() / 60);
  const auto minute = static_cast<unsigned>(from.count() % 60);
  if (is_in(cron.hours, hour)) {
    if (const auto same_hour = next_bit(cron.minutes, minute)) {
      return std::chrono::hours(hour) + std::chrono::minutes(*same_hour);
    }
  }
  const auto later = next_bit(cron.hours, hour + 1);
  if (!later) return std::nullopt;
  return std::chrono::hours(*later) + std::chrono::minutes(std::countr_zero(cron.minutes));
}

local_days first_of_next_month(const year_month_day& date) {
  return local_days(date.year() / date.month() / 1 + std::chrono::months(1));
}

}  // namespace

std::optional<local_seconds> next_after(const Cron& cron, local_seconds after) noexcept {
  const auto first = std::chrono::floor<std::chrono::minutes>(after) + std::chrono::minutes(1);
  local_days day = std::chrono::floor<std::chrono::days>(first);
  std::chrono::minutes from = first - day;
  // Every expression that parse_cron() answers comes within 40 years (the 29th of February on one
  // day of the week, around a year like 2100), which bounds the loop: months that don't fit are
  // passed over whole.
  const local_days last = day + std::chrono::days(48 * 366);
  while (day <= last) {
    const year_month_day date(day);
    if (date.year() > kLastYear) break;
    if (!is_in(cron.months, static_cast<unsigned>(date.month()))) {
      day = first_of_next_month(date);
    } else {
      if (fits_day(cron, day, date)) {
        if (const auto minute = minute_of_day(cron, from)) return day + *minute;
      }
      day += std::chrono::days(1);
    }
    from = std::chrono::minutes(0);
  }
  return std::nullopt;
}

}  // namespace sublet::policy

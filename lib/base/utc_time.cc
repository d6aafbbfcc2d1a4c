// SPDX-License-Identifier: Apache-2.0
#include "base/utc_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace sublet::base {
namespace {

using std::chrono::sys_days;
using std::chrono::year;

constexpr char kForm[] = "0000-00-00T00:00:00.000Z";

}  // namespace

std::string utc_time(UtcTime time) {
  using namespace std::chrono;  // NOLINT: units
  const UtcTime first = sys_days(year(0) / 1 / 1);
  const UtcTime last = sys_days(year(10'000) / 1 / 1) - milliseconds(1);
  time = std::clamp(time, first, last);
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss<milliseconds> clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::optional<UtcTime> parse_utc_time(std::string_view text) {
  using namespace std::chrono;  // NOLINT: units
  const std::string_view form(kForm);
  if (text.size() != form.size()) return std::nullopt;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '0' ? !digit : text[i] != form[i]) return std::nullopt;
  }
  const auto number = [text](std::size_t at, std::size_t size) {
    int value = 0;
    std::from_chars(text.data() + at, text.data() + at + size, value);
    return value;
  };
  const year_month_day date(year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                            day(static_cast<unsigned>(number(8, 2))));
  if (!date.ok() || number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 59) {
    return std::nullopt;
  }
  return sys_days(date) + hours(number(11, 2)) + minutes(number(14, 2)) + seconds(number(17, 2)) +
         milliseconds(number(20, 3));
}

}  // namespace sublet::base

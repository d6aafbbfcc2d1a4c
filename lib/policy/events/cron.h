// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sublet/result.h"

namespace sublet::policy {

inline constexpr std::size_t kMaxCronBytes = 256;

// Minutes of a calendar, as five fields name them. A bit for each value.
struct Cron {
  std::uint64_t minutes = 0;      // 0 to 59
  std::uint32_t hours = 0;        // 0 to 23
  std::uint32_t days = 0;         // 1 to 31
  std::uint32_t months = 0;       // 1 to 12
  std::uint32_t weekdays = 0;     // 0 to 6, from Sunday on
  bool any_day_of_month = false;  // the field began with '*', so that it chooses no day by itself
  bool any_weekday = false;       // likewise

  friend bool operator==(const Cron&, const Cron&) = default;
};

// Five fields with white space between them, as in POSIX crontab, with names of months and days
// (three letters, in any case), ranges, lists and steps ("*/5", "10-30/5"); 0 and 7 are Sunday. A
// day has to fit both fields of days, and where neither begins with '*' one of them. Or one of
// @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually. An Error names the field. What
// would never come, as the 30th of February, is an Error, too.
Result<Cron> parse_cron(std::string_view text);

// The first minute after `after` that fits; nothing after the year 9999.
std::optional<std::chrono::local_seconds> next_after(const Cron& cron,
                                                     std::chrono::local_seconds after) noexcept;

}  // namespace sublet::policy

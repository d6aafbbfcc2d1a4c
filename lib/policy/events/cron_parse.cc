// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <bit>
#include <charconv>
#include <span>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "policy/events/cron.h"
#include "policy/names.h"

namespace sublet::policy {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kDays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kShorthands = {
    {{"@hourly", "0 * * * *"},
     {"@daily", "0 0 * * *"},
     {"@midnight", "0 0 * * *"},
     {"@weekly", "0 0 * * 0"},
     {"@monthly", "0 0 1 * *"},
     {"@yearly", "0 0 1 1 *"},
     {"@annually", "0 0 1 1 *"}}};

constexpr std::uint32_t kSunday = 1U << 0;
constexpr std::uint32_t kSundayAsSeven = 1U << 7;

struct Field {
  std::string_view name;
  std::uint32_t low;
  std::uint32_t high;
  std::span<const std::string_view> names = {};  // of low and those that follow
};

constexpr std::array<Field, 5> kFields = {{{"minute", 0, 59},
                                           {"hour", 0, 23},
                                           {"day of month", 1, 31},
                                           {"month", 1, 12, kMonths},
                                           {"day of week", 0, 7, kDays}}};

Error wrong(std::string_view text, std::string_view rule) {
  return {ErrorCode::kInvalidArgument, fmt::format("cron {} {}", in_quotes(text), rule)};
}

Error wrong(const Field& field, std::string_view text, std::string_view rule) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("cron: {} {} {}", field.name, in_quotes(text), rule)};
}

Error out_of_range(const Field& field, std::string_view text) {
  return wrong(field, text, fmt::format("is not within {} to {}", field.low, field.high));
}

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t number = 0;
  const char* end = text.data() + text.size();
  const auto [at, fault] = std::from_chars(text.data(), end, number);
  if (fault != std::errc() || at != end) return std::nullopt;
  return number;
}

Result<std::uint32_t> value_of(const Field& field, std::string_view text) {
  for (std::size_t i = 0; i < field.names.size(); ++i) {
    if (base::same_but_for_case(text, field.names[i])) {
      return field.low + static_cast<std::uint32_t>(i);
    }
  }
  const std::optional<std::uint32_t> number = number_of(text);
  if (!number) return wrong(field, text, "is no number or name");
  if (*number < field.low || *number > field.high) return out_of_range(field, text);
  return *number;
}

// "5", "1-5" or "*".
Result<std::pair<std::uint32_t, std::uint32_t>> range_of(const Field& field,
                                                         std::string_view text) {
  if (text == "*") return std::pair(field.low, field.high);
  const std::size_t dash = text.find('-');
  Result<std::uint32_t> first = value_of(field, text.substr(0, dash));
  if (!first) return std::move(first).error();
  if (dash == std::string_view::npos) return std::pair(*first, *first);
  Result<std::uint32_t> last = value_of(field, text.substr(dash + 1));
  if (!last) return std::move(last).error();
  // "sat-sun": a week may end with Sunday.
  if (field.high == 7 && *last == 0 && *first > 0) last = 7U;
  if (*last < *first) return wrong(field, text, "is a range that ends before it begins");
  return std::pair(*first, *last);
}

// One item of a list, with its step.
Result<std::uint64_t> item_of(const Field& field, std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view range_text = text.substr(0, slash);
  const auto range = range_of(field, range_text);
  if (!range) return range.error();
  std::uint32_t step = 1;
  if (slash != std::string_view::npos) {
    if (range_text != "*" && range_text.find('-') == std::string_view::npos) {
      return wrong(field, text, "has a step, and neither '*' nor a range before it");
    }
    const std::optional<std::uint32_t> number = number_of(text.substr(slash + 1));
    if (!number || *number == 0 || *number > field.high) {
      return wrong(field, text, fmt::format("has a step that is not within 1 to {}", field.high));
    }
    step = *number;
  }
  std::uint64_t bits = 0;
  for (std::uint32_t value = range->first; value <= range->second; value += step) {
    bits |= std::uint64_t{1} << value;
  }
  return bits;
}

Result<std::uint64_t> list_of(const Field& field, std::string_view text) {
  std::uint64_t bits = 0;
  for (std::string_view rest = text;;) {
    const std::size_t comma = rest.find(',');
    Result<std::uint64_t> item = item_of(field, rest.substr(0, comma));
    if (!item) return item;
    bits |= *item;
    if (comma == std::string_view::npos) return bits;
    rest.remove_prefix(comma + 1);
  }
}

// Nothing: there are not exactly as many.
std::optional<std::array<std::string_view, 5>> five_words(std::string_view text) {
  constexpr std::string_view kSpaces = " \t";
  std::array<std::string_view, 5> words;
  for (std::string_view& word : words) {
    const std::size_t begin = text.find_first_not_of(kSpaces);
    if (begin == std::string_view::npos) return std::nullopt;
    text.remove_prefix(begin);
    word = text.substr(0, text.find_first_of(kSpaces));
    text.remove_prefix(word.size());
  }
  if (text.find_first_not_of(kSpaces) != std::string_view::npos) return std::nullopt;
  return words;
}

// Days of the week come in every month, so that only days of the month alone can miss.
bool ever_comes(const Cron& cron) {
  if (!cron.any_weekday && !cron.any_day_of_month) return true;
  constexpr std::array<int, 12> kDaysOfMonth = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (int month = 1; month <= 12; ++month) {
    const int days = kDaysOfMonth.at(static_cast<std::size_t>(month - 1));
    if ((cron.months >> month & 1U) != 0 && std::countr_zero(cron.days) <= days) return true;
  }
  return false;
}

}  // namespace

Result<Cron> parse_cron(std::string_view text) {
  if (text.size() > kMaxCronBytes) {
    return wrong(text, fmt::format("has more than {} bytes", kMaxCronBytes));
  }
  std::string_view expression = text;
  if (text.starts_with('@')) {
    for (const auto& [name, meaning] : kShorthands) {
      if (base::same_but_for_case(text, name)) expression = meaning;
    }
    if (expression == text) return wrong(text, "is no expression with '@' that is known");
  }
  const auto words = five_words(expression);
  if (!words) return wrong(text, "must have five fields");
  std::array<std::uint64_t, 5> bits{};
  for (std::size_t i = 0; i < bits.size(); ++i) {
    Result<std::uint64_t> list = list_of(kFields.at(i), words->at(i));
    if (!list) return std::move(list).error();
    bits.at(i) = *list;
  }
  Cron cron;
  cron.minutes = bits[0];
  cron.hours = static_cast<std::uint32_t>(bits[1]);
  cron.days = static_cast<std::uint32_t>(bits[2]);
  cron.months = static_cast<std::uint32_t>(bits[3]);
  cron.weekdays = static_cast<std::uint32_t>(bits[4]);
  if ((cron.weekdays & kSundayAsSeven) != 0) cron.weekdays |= kSunday;
  cron.weekdays &= ~kSundayAsSeven;
  cron.any_day_of_month = words->at(2).starts_with('*');
  cron.any_weekday = words->at(4).starts_with('*');
  if (!ever_comes(cron)) return wrong(text, "names days that no month has");
  return cron;
}

}  // namespace sublet::policy

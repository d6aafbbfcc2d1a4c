// SPDX-License-Identifier: Apache-2.0
#include "hostcall/events/iso_time.h"

#include <chrono>
#include <cstddef>

namespace sublet::hostcall {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Takes a text apart from the front; what does not fit makes all of it wrong.
class Parts {
 public:
  explicit Parts(std::string_view text) : text_(text) {}

  int number(std::size_t digits) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (text_.empty() || text_[0] < '0' || text_[0] > '9') return fail();
      value = value * 10 + (text_[0] - '0');
      text_.remove_prefix(1);
    }
    return value;
  }
  bool skip(char wanted) {
    if (text_.empty() || text_[0] != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }
  void need(char wanted) {
    if (!skip(wanted)) fail();
  }
  int fail() {
    ok_ = false;
    return 0;
  }
  bool finished() const { return ok_ && text_.empty(); }

 private:
  std::string_view text_;
  bool ok_ = true;
};

milliseconds read_clock(Parts& parts) {
  const int hour = parts.number(2);
  parts.need(':');
  const int minute = parts.number(2);
  const bool has_seconds = parts.skip(':');
  const int second = has_seconds ? parts.number(2) : 0;
  const int fraction = has_seconds && parts.skip('.') ? parts.number(3) : 0;
  if (hour > 23 || minute > 59 || second > 59) parts.fail();
  return hours(hour) + minutes(minute) + seconds(second) + milliseconds(fraction);
}

minutes read_zone(Parts& parts) {
  if (parts.skip('Z')) return minutes(0);
  const bool west = parts.skip('-');
  if (!west) parts.need('+');
  const int hour = parts.number(2);
  parts.need(':');
  const int minute = parts.number(2);
  if (hour > 23 || minute > 59) parts.fail();
  const minutes ahead = hours(hour) + minutes(minute);
  return west ? -ahead : ahead;
}

}  // namespace

std::optional<EventTime> parse_iso(std::string_view text) {
  Parts parts(text);
  const std::chrono::year year(parts.number(4));
  parts.need('-');
  const std::chrono::month month(static_cast<unsigned>(parts.number(2)));
  parts.need('-');
  const std::chrono::day day(static_cast<unsigned>(parts.number(2)));
  parts.need('T');
  const milliseconds clock = read_clock(parts);
  const minutes ahead = read_zone(parts);
  const std::chrono::year_month_day date(year, month, day);
  if (!parts.finished() || !date.ok()) return std::nullopt;
  const EventTime time = EventTime(std::chrono::sys_days(date)) + clock - ahead;
  if (time < EventTime{} || time > kLastTime) return std::nullopt;
  return time;
}

}  // namespace sublet::hostcall

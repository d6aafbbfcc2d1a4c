// SPDX-License-Identifier: Apache-2.0
#include "policy/events/cron.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "times.h"

namespace sublet::policy {
namespace {

using test::local;
using test::to_text;

std::string next_of(const std::string& text, const std::string& after) {
  const Result<Cron> cron = parse_cron(text);
  if (!cron) return cron.error().message;
  const auto next = next_after(*cron, local(after));
  return next ? to_text(*next) : "never";
}

}  // namespace

TEST_CASE("cron: the next minute that fits") {
  struct Row {
    const char* cron;
    const char* after;
    const char* next;
  };
  for (const Row& row :
       std::vector<Row>{{"* * * * *", "2026-03-01 10:00", "2026-03-01 10:01"},
                        {"* * * * *", "2026-03-01 10:00:59", "2026-03-01 10:01"},
                        {"* * * * *", "2026-12-31 23:59", "2027-01-01 00:00"},
                        {"*/15 * * * *", "2026-03-01 10:14", "2026-03-01 10:15"},
                        {"*/15 * * * *", "2026-03-01 10:45", "2026-03-01 11:00"},
                        {"5-59/20 * * * *", "2026-03-01 10:26", "2026-03-01 10:45"},
                        {"0 9-17/4 * * *", "2026-03-01 13:00", "2026-03-01 17:00"},
                        {"0,30 9 * * *", "2026-03-01 09:00", "2026-03-01 09:30"},
                        {"30 4 1,15 * *", "2026-03-01 04:30", "2026-03-15 04:30"},
                        {"0 0 31 * *", "2026-01-31 00:00", "2026-03-31 00:00"},
                        {"0 0 29 2 *", "2026-01-01 00:00", "2028-02-29 00:00"},
                        {"0 0 29 2 *", "2096-02-29 00:00", "2104-02-29 00:00"},
                        {"0 0 29 2 */7", "2088-02-29 00:00", "2128-02-29 00:00"},
                        {"0 12 * * mon-fri", "2026-11-20 12:00", "2026-11-23 12:00"},
                        {"0 12 * * 7", "2026-11-20 12:00", "2026-11-22 12:00"},
                        {"0 12 * * 0", "2026-11-20 12:00", "2026-11-22 12:00"},
                        {"0 12 * * Sat-Sun", "2026-11-21 12:00", "2026-11-22 12:00"},
                        {"0 12 * * 5-7", "2026-11-21 12:00", "2026-11-22 12:00"},
                        {"0 0 1 JAN,jul *", "2026-01-01 00:00", "2026-07-01 00:00"},
                        {"\t0  0\t1 jan-mar/2 * ", "2026-01-01 00:00", "2026-03-01 00:00"},
                        {"@hourly", "2026-03-01 10:00", "2026-03-01 11:00"},
                        {"@daily", "2026-03-01 00:00", "2026-03-02 00:00"},
                        {"@Midnight", "2026-03-01 00:00", "2026-03-02 00:00"},
                        {"@weekly", "2026-11-20 00:00", "2026-11-22 00:00"},
                        {"@monthly", "2026-11-20 00:00", "2026-12-01 00:00"},
                        {"@yearly", "2026-11-20 00:00", "2027-01-01 00:00"},
                        {"@annually", "2026-11-20 00:00", "2027-01-01 00:00"},
                        {"* * * * *", "9999-12-31 23:59", "never"}}) {
    CAPTURE(row.cron);
    CAPTURE(row.after);
    CHECK(next_of(row.cron, row.after) == row.next);
  }
}

TEST_CASE(
    "cron: where both days are given either will do, where one begins with '*' both have to") {
  CHECK(next_of("0 0 13 * 5", "2026-11-08 00:00") == "2026-11-13 00:00");  // a Friday, and the 13th
  CHECK(next_of("0 0 13 * 5", "2026-11-13 00:00") == "2026-11-20 00:00");
  CHECK(next_of("0 0 13 * 5", "2026-12-11 00:00") == "2026-12-13 00:00");
  CHECK(next_of("0 0 * * 5", "2026-11-13 00:00") == "2026-11-20 00:00");
  CHECK(next_of("0 0 13 * *", "2026-11-13 00:00") == "2026-12-13 00:00");
  CHECK(next_of("0 0 */2 * 5", "2026-11-13 00:00") == "2026-11-27 00:00");
  // The 30th of February never comes, its Mondays do.
  CHECK(next_of("0 0 30 2 1", "2026-01-01 00:00") == "2026-02-02 00:00");
}

TEST_CASE("cron: an error names the field") {
  struct Row {
    const char* cron;
    const char* message;
  };
  for (const Row& row : std::vector<Row>{
           {"", R"(cron "" must have five fields)"},
           {"* * * *", R"(cron "* * * *" must have five fields)"},
           {"* * * * * *", R"(cron "* * * * * *" must have five fields)"},
           {"60 * * * *", R"(cron: minute "60" is not within 0 to 59)"},
           {"* 24 * * *", R"(cron: hour "24" is not within 0 to 23)"},
           {"* * 0 * *", R"(cron: day of month "0" is not within 1 to 31)"},
           {"* * * 13 *", R"(cron: month "13" is not within 1 to 12)"},
           {"* * * * 8", R"(cron: day of week "8" is not within 0 to 7)"},
           {"* * * january *", R"(cron: month "january" is no number or name)"},
           {"jan * * * *", R"(cron: minute "jan" is no number or name)"},
           {"-1 * * * *", R"(cron: minute "" is no number or name)"},
           {"1, * * * *", R"(cron: minute "" is no number or name)"},
           {"+1 * * * *", R"(cron: minute "+1" is no number or name)"},
           {"0x1 * * * *", R"(cron: minute "0x1" is no number or name)"},
           {"99999999999 * * * *", R"(cron: minute "99999999999" is no number or name)"},
           {"* 9-5 * * *", R"(cron: hour "9-5" is a range that ends before it begins)"},
           {"*/0 * * * *", R"(cron: minute "*/0" has a step that is not within 1 to 59)"},
           {"* */24 * * *", R"(cron: hour "*/24" has a step that is not within 1 to 23)"},
           {"5/10 * * * *",
            R"(cron: minute "5/10" has a step, and neither '*' nor a range before it)"},
           {"*-5 * * * *", R"(cron: minute "*" is no number or name)"},
           {"1-2-3 * * * *", R"(cron: minute "2-3" is no number or name)"},
           {"@reboot", R"(cron "@reboot" is no expression with '@' that is known)"},
           {"0 0 30 2 *", R"(cron "0 0 30 2 *" names days that no month has)"},
           {"0 0 31 2,4,6,9,11 */2",
            R"(cron "0 0 31 2,4,6,9,11 */2" names days that no month has)"}}) {
    CAPTURE(row.cron);
    const Result<Cron> cron = parse_cron(row.cron);
    REQUIRE_FALSE(cron.has_value());
    CHECK(cron.error().code == ErrorCode::kInvalidArgument);
    CHECK(cron.error().message == row.message);
  }
  CHECK_FALSE(parse_cron(std::string(10'000, '*')).has_value());
}

}  // namespace sublet::policy

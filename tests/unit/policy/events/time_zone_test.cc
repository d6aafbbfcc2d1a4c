// SPDX-License-Identifier: Apache-2.0
#include "policy/events/time_zone.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "policy/events/time_zone_file.h"
#include "times.h"

namespace sublet::policy {
namespace {

using test::local;
using test::to_text;

std::string instant_of(const std::string& zone, const std::string& time) {
  const Result<TimeZone> found = TimeZone::find(zone);
  return found ? to_text(found->to_instant(local(time))) : found.error().message;
}

std::string local_of(const std::string& zone, const std::string& time) {
  const Result<TimeZone> found = TimeZone::find(zone);
  if (!found) return found.error().message;
  return to_text(found->to_local(std::chrono::sys_seconds(test::seconds_of(time))));
}

}  // namespace

TEST_CASE("time zone: noon in winter and in summer") {
  struct Row {
    const char* zone;
    const char* january;
    const char* july;
  };
  // Of Python's zoneinfo.
  for (const Row& row :
       std::vector<Row>{{"Europe/Berlin", "2026-01-15 11:00", "2026-07-15 10:00"},
                        {"Europe/London", "2026-01-15 12:00", "2026-07-15 11:00"},
                        {"Europe/Dublin", "2026-01-15 12:00", "2026-07-15 11:00"},
                        {"Europe/Moscow", "2026-01-15 09:00", "2026-07-15 09:00"},
                        {"Africa/Casablanca", "2026-01-15 11:00", "2026-07-15 11:00"},
                        {"Africa/Cairo", "2026-01-15 10:00", "2026-07-15 09:00"},
                        {"Africa/Johannesburg", "2026-01-15 10:00", "2026-07-15 10:00"},
                        {"America/New_York", "2026-01-15 17:00", "2026-07-15 16:00"},
                        {"America/St_Johns", "2026-01-15 15:30", "2026-07-15 14:30"},
                        {"America/Sao_Paulo", "2026-01-15 15:00", "2026-07-15 15:00"},
                        {"America/Santiago", "2026-01-15 15:00", "2026-07-15 16:00"},
                        {"America/Caracas", "2026-01-15 16:00", "2026-07-15 16:00"},
                        {"America/Los_Angeles", "2026-01-15 20:00", "2026-07-15 19:00"},
                        {"America/Havana", "2026-01-15 17:00", "2026-07-15 16:00"},
                        {"America/Scoresbysund", "2026-01-15 14:00", "2026-07-15 13:00"},
                        {"Asia/Kathmandu", "2026-01-15 06:15", "2026-07-15 06:15"},
                        {"Asia/Kolkata", "2026-01-15 06:30", "2026-07-15 06:30"},
                        {"Asia/Tehran", "2026-01-15 08:30", "2026-07-15 08:30"},
                        {"Asia/Gaza", "2026-01-15 10:00", "2026-07-15 09:00"},
                        {"Asia/Tokyo", "2026-01-15 03:00", "2026-07-15 03:00"},
                        {"Asia/Pyongyang", "2026-01-15 03:00", "2026-07-15 03:00"},
                        {"Asia/Jerusalem", "2026-01-15 10:00", "2026-07-15 09:00"},
                        {"Australia/Lord_Howe", "2026-01-15 01:00", "2026-07-15 01:30"},
                        {"Australia/Sydney", "2026-01-15 01:00", "2026-07-15 02:00"},
                        {"Australia/Eucla", "2026-01-15 03:15", "2026-07-15 03:15"},
                        {"Pacific/Apia", "2026-01-14 23:00", "2026-07-14 23:00"},
                        {"Pacific/Chatham", "2026-01-14 22:15", "2026-07-14 23:15"},
                        {"Pacific/Kiritimati", "2026-01-14 22:00", "2026-07-14 22:00"},
                        {"Pacific/Marquesas", "2026-01-15 21:30", "2026-07-15 21:30"},
                        {"Antarctica/Troll", "2026-01-15 12:00", "2026-07-15 10:00"},
                        {"Etc/GMT+5", "2026-01-15 17:00", "2026-07-15 17:00"}}) {
    CAPTURE(row.zone);
    CHECK(instant_of(row.zone, "2026-01-15 12:00") == row.january);
    CHECK(instant_of(row.zone, "2026-07-15 12:00") == row.july);
    CHECK(local_of(row.zone, row.january) == "2026-01-15 12:00");
    CHECK(local_of(row.zone, row.july) == "2026-07-15 12:00");
  }
}

TEST_CASE("time zone: times that daylight saving leaves out, or has twice") {
  // The gap's end, and the first of two.
  CHECK(instant_of("Europe/Berlin", "2026-03-29 02:30") == "2026-03-29 01:00");
  CHECK(instant_of("Europe/Berlin", "2026-10-25 02:30") == "2026-10-25 00:30");
  CHECK(instant_of("America/New_York", "2026-03-08 02:30") == "2026-03-08 07:00");
  CHECK(instant_of("America/New_York", "2026-11-01 01:30") == "2026-11-01 05:30");
  CHECK(instant_of("Australia/Lord_Howe", "2026-10-04 02:15") == "2026-10-03 15:30");
  CHECK(instant_of("Australia/Lord_Howe", "2026-04-05 01:45") == "2026-04-04 14:45");
  CHECK(instant_of("Pacific/Apia", "2011-12-30 12:00") == "2011-12-30 10:00");
  CHECK(local_of("Pacific/Apia", "2011-12-30 09:59") == "2011-12-29 23:59");
  CHECK(local_of("Pacific/Apia", "2011-12-30 10:00") == "2011-12-31 00:00");
}

TEST_CASE("time zone: UTC needs no database, and other names are no zones") {
  for (const char* name : {"", "UTC", "Etc/UTC"}) {
    CHECK(instant_of(name, "2026-03-29 02:30") == "2026-03-29 02:30");
  }
  for (const char* name :
       {"Europe/Berln", "europe", "Europe", "Europe/", "/Europe/Berlin",
        "../zoneinfo/Europe/Berlin", "../../../etc/passwd", "localtime", "tzdata.zi", "zone.tab",
        "zonenow.tab", "leapseconds", "leap-seconds.list", "posix/Europe/Berlin", "right/UTC",
        "Factory", "CEST", "+01:00"}) {
    CAPTURE(name);
    const Result<TimeZone> found = TimeZone::find(name);
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().code == ErrorCode::kInvalidArgument);
  }
  CHECK_FALSE(TimeZone::find(std::string("Europe/Berlin\0", 14)).has_value());
  CHECK_FALSE(TimeZone::find(std::string(100'000, 'a')).has_value());
}

TEST_CASE("time zone: TZDIR and TZ change nothing") {
  setenv("TZDIR", "/nonexistent", 1);
  setenv("TZ", "Asia/Tokyo", 1);
  CHECK(instant_of("America/Denver", "2026-01-15 12:00") == "2026-01-15 19:00");
  unsetenv("TZDIR");
  unsetenv("TZ");
}

TEST_CASE("time zone: zones are found by many threads at once") {
  std::vector<std::thread> threads;
  std::vector<std::string> found(8);
  for (std::size_t i = 0; i < found.size(); ++i) {
    threads.emplace_back([&found, i] {
      for (int turn = 0; turn < 50; ++turn) {
        found[i] = instant_of("Indian/Cocos", "2026-01-15 12:00");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& one : found) CHECK(one == "2026-01-15 05:30");
}

TEST_CASE("time zone: a file that is cut off or is none is not read on") {
  std::ifstream file("/usr/share/zoneinfo/Europe/Berlin", std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  CHECK(time_zone_rule(whole) == "CET-1CEST,M3.5.0,M10.5.0/3");
  for (std::size_t bytes = 0; bytes < whole.size(); bytes += 7) {
    CHECK_FALSE(time_zone_rule(std::string_view(whole).substr(0, bytes)).has_value());
  }
  std::string other = whole;
  other[0] = 'X';
  CHECK_FALSE(time_zone_rule(other).has_value());
  other = whole;
  other[20] = '\x7F';  // counts that are larger than the file
  CHECK_FALSE(time_zone_rule(other).has_value());
}

}  // namespace sublet::policy

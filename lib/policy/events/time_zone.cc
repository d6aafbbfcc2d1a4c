// SPDX-License-Identifier: Apache-2.0
#include "policy/events/time_zone.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <iterator>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "policy/events/time_zone_file.h"
#include "policy/names.h"

namespace sublet::policy {
namespace {

using std::chrono::local_seconds;
using std::chrono::sys_seconds;

// Where the library looks, whatever the environment says.
constexpr std::string_view kFolder = "/usr/share/zoneinfo/";
constexpr std::size_t kMaxName = 64;

// Names have no dots, which the database's other files and no zones have.
bool is_name(std::string_view name) {
  const auto accepts = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  };
  // The machine's own zone is no name that means the same anywhere.
  return name.size() <= kMaxName && name != "localtime" &&
         std::all_of(name.begin(), name.end(), accepts);
}

std::string read_file(std::string_view name) {
  std::ifstream file(std::string(kFolder).append(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

date::local_seconds of_library(local_seconds at) {
  return date::local_seconds(at.time_since_epoch());
}

// Reads the zone, and throws where it cannot. The library knows entries only and no rule that goes
// on after them: of a database made without them ("slim") it would tell the wrong time.
bool is_complete(const date::time_zone& zone, const std::string& rule) {
  const bool goes_on = rule.find(',') != std::string::npos;
  const sys_seconds late = std::chrono::sys_days(std::chrono::year(2036) / std::chrono::July / 1);
  const sys_seconds end = std::chrono::sys_days(std::chrono::year(9999) / std::chrono::July / 1);
  return zone.get_info(late).end < end || !goes_on;
}

}  // namespace

struct TimeZone::Zone {
  const date::time_zone* table = nullptr;  // of the database, which is there until the process ends
};

Result<TimeZone> TimeZone::find(std::string_view name) noexcept {
  try {
    if (name.empty() || name == "UTC" || name == "Etc/UTC") return TimeZone();
    const auto unknown = [&] {
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("time_zone {} is not known", in_quotes(name))};
    };
    if (!is_name(name)) return unknown();
    const std::string content = read_file(name);
    if (content.empty() && read_file("UTC").empty()) {
      return Error{ErrorCode::kUnavailable, "this machine has no time zone database"};
    }
    const std::optional<std::string> rule = time_zone_rule(content);
    if (!rule) return unknown();
    auto zone = std::make_shared<Zone>();
    zone->table = date::locate_zone(std::string(name));
    if (!is_complete(*zone->table, *rule)) {
      return Error{ErrorCode::kUnavailable,
                   "this machine's time zone database has no entries for the years to come"};
    }
    TimeZone found;
    found.zone_ = std::move(zone);
    return found;
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::kResourceExhausted, "out of memory"};
  } catch (...) {
    return Error{ErrorCode::kInvalidArgument, "time_zone is unknown"};
  }
}

local_seconds TimeZone::to_local(sys_seconds at) const {
  const auto offset =
      zone_ == nullptr ? std::chrono::seconds(0) : zone_->table->get_info(at).offset;
  return local_seconds(at.time_since_epoch() + offset);
}

sys_seconds TimeZone::to_instant(local_seconds at) const {
  if (zone_ == nullptr) return sys_seconds(at.time_since_epoch());
  const date::local_info info = zone_->table->get_info(of_library(at));
  if (info.result == date::local_info::nonexistent) return info.first.end;
  return sys_seconds(at.time_since_epoch() - info.first.offset);
}

}  // namespace sublet::policy

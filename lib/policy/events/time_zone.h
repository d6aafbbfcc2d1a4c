// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "sublet/result.h"

namespace sublet::policy {

// A time zone of the machine's IANA database (/usr/share/zoneinfo). Immutable, cheap to copy.
class TimeZone {
 public:
  TimeZone() = default;  // UTC
  // By its name ("Europe/Berlin"); UTC where it is empty, which needs no database.
  // kInvalidArgument: there is none of that name. kUnavailable: no database. Reads files where it
  // was not asked for the zone before.
  static Result<TimeZone> find(std::string_view name) noexcept;

  std::chrono::local_seconds to_local(std::chrono::sys_seconds at) const;
  // Of times that daylight saving leaves out the instant right after the gap, of those that come
  // twice the first.
  std::chrono::sys_seconds to_instant(std::chrono::local_seconds at) const;

 private:
  struct Zone;
  std::shared_ptr<const Zone> zone_;  // null: UTC
};

}  // namespace sublet::policy

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "events/schedule_record.h"

namespace sublet::events {

// What a manifest declares; each is of this tenant and extension, and from its manifest.
struct Declared {
  std::string tenant;
  std::string extension;
  std::vector<Schedule> schedules;
  std::uint32_t most = 0;  // of the tenant
};

// What has to be written so that, of those found of the extension, the manifest's are the declared
// ones. Those that are as before keep their times, and are due at them even if they were put off.
Result<std::vector<EventRecordWrite>> declared_writes(const Declared& declared,
                                                      const std::vector<KeptSchedule>& found,
                                                      EventTime now);

}  // namespace sublet::events

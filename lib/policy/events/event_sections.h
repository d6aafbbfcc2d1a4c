// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "policy/events/event_declarations.h"
#include "policy/request/section_reader.h"
#include "sublet/result.h"

namespace sublet::policy {

// Read sections of the manifest; every refusal names file, line and field.
Result<void> read_delivery(SectionReader& reader, DeliveryDeclaration& out);
Result<void> read_schedules(SectionReader& reader, std::vector<ScheduleDeclaration>& out);

}  // namespace sublet::policy

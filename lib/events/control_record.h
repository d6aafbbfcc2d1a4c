// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sublet/events.h"

// Controls as records of the queue: kind "control", of the scope's tenant, named by the rest.
namespace sublet::events {

inline constexpr std::string_view kControlKind = "control";

// The message names the field: "EventControl::rate.count ...".
Result<void> check_control(const EventControl& control, EventTime now);
Result<void> check_scope(const EventScope& scope);

std::string control_name(const EventScope& scope, EventAction action);
// In place of whatever is there.
EventRecordWrite write_of(const EventControl& control, EventTime now);
// Nullopt: it is none, or of a later version of Sublet.
std::optional<EventControl> read_control(const EventRecord& record);

}  // namespace sublet::events

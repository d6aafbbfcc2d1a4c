// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/sqlite/schema.h"

namespace sublet::adapters::sqlite::events {

const Schema& event_schema();

// Of column delivery.state. Its dead letters have a table of their own.
inline constexpr int kWaiting = 0;
inline constexpr int kClaimed = 1;
inline constexpr int kBlocked = 2;

}  // namespace sublet::adapters::sqlite::events

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sublet/adapters/event_queue.h"

// The bounds of what is passed to an event queue outside a request: see validate() in
// sublet/adapters/event_queue.h for the rest.
namespace sublet::adapters {

// `least`: how many bytes it has to have.
Result<void> check_event_name(std::string_view field, std::string_view name, std::size_t least = 1);
// Of pages, and of how many a call may take.
Result<void> check_event_limit(std::uint32_t limit);
Result<void> check_event_leases(const std::vector<EventLease>& leases,
                                std::chrono::milliseconds lease);

// Of EventQueue's calls of these names; a filter and its limit: of replay() and purge() too.
Result<void> check_filtered(const EventFilter& filter, std::uint32_t limit);
Result<void> check_bury(const EventFilter& filter, const std::string& reason, std::uint32_t limit);
Result<void> check_erase(const std::string& tenant, std::uint32_t limit);
Result<void> check_records_page(const std::string& kind, std::uint32_t limit);

}  // namespace sublet::adapters

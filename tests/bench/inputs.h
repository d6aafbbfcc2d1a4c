// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sublet/extension.h"

namespace sublet::bench {

// The files in tests/bench/inputs, as text.
std::string read_input(const std::string& file);

// The 1 MB event and the 100 KB bundle. They are made by the raw V8 that the process has started,
// and are always the same bytes: a Failure tells where they are not.
std::string make_large_event();
std::string make_large_bundle();

// An extension of the handler of a raw benchmark: the same text, but for where the event comes from
// (`event.data`) and the export.
Bundle extension_of(const std::string& handler, State state, Realm realm);

// An extension of this module, which exports the handler; its state is kept.
Bundle module_bundle(const std::string& module);

// The one event that extension_of() listens to.
inline constexpr char kEventName[] = "onTicket";

}  // namespace sublet::bench

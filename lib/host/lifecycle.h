// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "dispatch/dispatcher.h"
#include "host/extension_registry.h"
#include "sublet/result.h"

namespace sublet::host {

// What an extension is asked before it comes, changes or goes.
struct LifecycleEvent {
  std::string_view name;  // "onInstall", "onUpdate", "onUninstall"
  std::string_view previous_version = {};
};

// Whether it has a handler for it.
bool is_asked(const Installed& installed, const LifecycleEvent& event);

// Runs that handler with the budget of top-level code (Limits::startup_cpu_time) and the wall time
// of a durable event, and waits for it. kFailedPrecondition: it threw, and so said no; the message
// is its own. kUnavailable: it ended in another way, which says neither yes nor no.
Result<void> ask_extension(dispatch::Dispatcher& dispatcher, const Installed& installed,
                           const LifecycleEvent& event);

}  // namespace sublet::host

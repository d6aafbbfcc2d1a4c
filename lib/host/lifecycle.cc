// SPDX-License-Identifier: Apache-2.0
#include "host/lifecycle.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "host/blocking_call.h"
#include "policy/names.h"

namespace sublet::host {
namespace {

// How long it may wait behind the tenant's own calls.
constexpr std::chrono::milliseconds kPatience{10'000};

// The extension with the limits of the occasion.
std::shared_ptr<const runtime::ActiveExtension> with_startup_limits(const Installed& installed) {
  auto active = std::make_shared<runtime::ActiveExtension>(*installed.active);
  active->limits.cpu_time = active->limits.startup_cpu_time;
  active->limits.soft_cpu_time = {};
  active->limits.wall_time = installed.active->policy->events.limits.wall_time;
  return active;
}

// Versions are of few characters (policy/version.h), none of which JSON escapes.
std::string payload_of(const Installed& installed, const LifecycleEvent& event) {
  std::string payload = fmt::format(R"({{"version":"{}")", installed.info.version);
  if (!event.previous_version.empty()) {
    payload += fmt::format(R"(,"previousVersion":"{}")", event.previous_version);
  }
  return payload + "}";
}

Result<void> judge(const Installed& installed, const LifecycleEvent& event,
                   const InvocationResult& result) {
  if (result.ok()) return {};
  const std::string said = result.error.has_value() ? result.error->message : std::string();
  const std::string who =
      fmt::format("{} of extension {}", event.name, policy::in_quotes(installed.info.name));
  if (result.outcome == Outcome::kException) {
    return Error{ErrorCode::kFailedPrecondition, fmt::format("{} does not agree: {}", who, said)};
  }
  return Error{ErrorCode::kUnavailable,
               fmt::format("{} ended as {}: {}", who, to_string(result.outcome), said)};
}

}  // namespace

bool is_asked(const Installed& installed, const LifecycleEvent& event) {
  return installed.handlers.contains(event.name);
}

Result<void> ask_extension(dispatch::Dispatcher& dispatcher, const Installed& installed,
                           const LifecycleEvent& event) {
  const auto handler = installed.handlers.find(event.name);
  if (handler == installed.handlers.end()) return {};
  BlockingCall call;
  dispatch::Request request;
  request.extension = with_startup_limits(installed);
  request.handler = handler->second;
  request.event.tenant = installed.info.tenant;
  request.event.event = event.name;
  request.event.extension = installed.info.name;
  request.event.id = fmt::format("{}:{}", event.name, installed.info.digest.substr(0, 16));
  request.event.payload = payload_of(installed, event);
  request.payload_ascii = true;
  request.options.deadline = kPatience + request.extension->limits.wall_time;
  request.completion = call.completion();
  if (Result<void> taken = dispatcher.submit(std::move(request)); !taken) return taken;
  return judge(installed, event, call.take());
}

}  // namespace sublet::host

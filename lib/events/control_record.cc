// SPDX-License-Identifier: Apache-2.0
#include "events/control_record.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/utf8.h"
#include "events/control_table.h"
#include "policy/field_checker.h"
#include "policy/names.h"

namespace sublet::events {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;

constexpr std::size_t kMaxReason = 1024;
constexpr std::array kActions = {EventAction::kPause, EventAction::kThrottle, EventAction::kDrain,
                                 EventAction::kDeny};

Result<void> check_rate(const Rate& rate) {
  using namespace std::chrono_literals;
  constexpr std::uint32_t kMost = 1'000'000'000;
  return policy::FieldChecker("EventControl::rate.")
      .between<std::uint32_t>("count", rate.count, 1, kMost)
      .between<milliseconds>("per", rate.per, 1ms, 24h)
      .between<std::uint32_t>("burst", rate.burst, 0, kMost)
      .result();
}

std::optional<EventAction> action_of(std::string_view name) {
  for (const EventAction action : kActions) {
    if (to_string(action) == name) return action;
  }
  return std::nullopt;
}

EventControl read(const Json& json, EventAction action, const std::string& tenant) {
  EventControl control;
  control.action = action;
  control.scope = {tenant, json.value("extension", ""), json.value("event", "")};
  control.rate.count = json.value("count", std::uint32_t{0});
  control.rate.per = milliseconds(json.value("per_ms", std::int64_t{1000}));
  control.rate.burst = json.value("burst", std::uint32_t{0});
  control.reason = json.value("reason", "");
  control.dry_run = json.value("dry_run", false);
  if (const auto until = json.find("until"); until != json.end()) {
    control.until = EventTime(milliseconds(until->get<std::int64_t>()));
  }
  return control;
}

}  // namespace

Result<void> check_scope(const EventScope& scope) {
  Result<void> valid;
  if (!scope.tenant.empty()) valid = policy::check_tenant_id("EventScope::tenant", scope.tenant);
  if (valid && !scope.extension.empty()) {
    valid = policy::check_extension_name("EventScope::extension", scope.extension);
  }
  if (valid && !scope.event.empty()) {
    valid = policy::check_event_name("EventScope::event", scope.event);
  }
  return valid;
}

Result<void> check_control(const EventControl& control, EventTime now) {
  if (Result<void> scope = check_scope(control.scope); !scope) return scope;
  if (control.action == EventAction::kThrottle) {
    if (Result<void> rate = check_rate(control.rate); !rate) return rate;
  }
  return policy::FieldChecker("EventControl::")
      .require(std::find(kActions.begin(), kActions.end(), control.action) != kActions.end(),
               "action", "is none")
      .require(!is_over(control, now), "until", "is over")
      .require(control.reason.size() <= kMaxReason, "reason", "has more than 1024 bytes")
      .require(base::is_utf8(control.reason), "reason", "is not UTF-8")
      .result();
}

std::string control_name(const EventScope& scope, EventAction action) {
  // No name has a blank.
  return std::string(to_string(action)) + ' ' + scope.extension + ' ' + scope.event;
}

EventRecordWrite write_of(const EventControl& control, EventTime now) {
  Json json = {{"action", to_string(control.action)}};
  if (!control.scope.extension.empty()) json["extension"] = control.scope.extension;
  if (!control.scope.event.empty()) json["event"] = control.scope.event;
  if (control.action == EventAction::kThrottle) {
    json["count"] = control.rate.count;
    json["per_ms"] = control.rate.per.count();
    json["burst"] = control.rate.burst;
  }
  if (control.until) json["until"] = control.until->time_since_epoch().count();
  if (!control.reason.empty()) json["reason"] = control.reason;
  if (control.dry_run) json["dry_run"] = true;
  EventRecordWrite write;
  write.kind = kControlKind;
  write.tenant = control.scope.tenant;
  write.name = control_name(control.scope, control.action);
  write.data = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  // It ends by the calendar of each process; here it is only thrown away, whatever the queue's
  // clock.
  constexpr milliseconds kKept = std::chrono::hours(1);
  if (control.until && *control.until - now <= EventQueue::kMaxSpan - kKept) {
    write.expires_in = *control.until - now + kKept;
  }
  return write;
}

std::optional<EventControl> read_control(const EventRecord& record) {
  try {
    const Json json = Json::parse(record.data);
    const auto action = action_of(json.value("action", ""));
    if (!action) return std::nullopt;
    EventControl control = read(json, *action, record.tenant);
    const bool sound = check_control(control, EventTime::min()).has_value() &&
                       control_name(control.scope, control.action) == record.name;
    return sound ? std::optional(std::move(control)) : std::nullopt;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace sublet::events

// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "sublet/events.h"

// The names of the enums of durable events.
namespace sublet {
inline namespace v1 {

std::string_view to_string(PublishStatus status) noexcept {
  switch (status) {
    case PublishStatus::kAccepted:
      return "accepted";
    case PublishStatus::kDuplicate:
      return "duplicate";
    case PublishStatus::kNobodyListens:
      return "nobody_listens";
    case PublishStatus::kTooManyQueued:
      return "too_many_queued";
    case PublishStatus::kThrottled:
      return "throttled";
    case PublishStatus::kDenied:
      return "denied";
    case PublishStatus::kTooDeep:
      return "too_deep";
    case PublishStatus::kTooMany:
      return "too_many";
    case PublishStatus::kUnavailable:
      return "unavailable";
  }
  return "unavailable";
}

std::string_view to_string(EventAction action) noexcept {
  switch (action) {
    case EventAction::kPause:
      return "pause";
    case EventAction::kThrottle:
      return "throttle";
    case EventAction::kDrain:
      return "drain";
    case EventAction::kDeny:
      return "deny";
  }
  return "pause";
}

std::string_view to_string(CatchUp rule) noexcept {
  switch (rule) {
    case CatchUp::kSkip:
      return "skip";
    case CatchUp::kOnce:
      return "once";
    case CatchUp::kAll:
      return "all";
  }
  return "once";
}

}  // namespace v1
}  // namespace sublet

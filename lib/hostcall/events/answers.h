// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hostcall/answer_check.h"
#include "sublet/events.h"
#include "sublet/result.h"

// What `events`, `schedule` and `webhooks` answer, as the SDK takes it. `called` is the host call's
// name, "schedule.create".
namespace sublet::hostcall {

// {"id", "status", "deliveries"} for each, with "message" where it was not accepted and
// "retryAfter" in seconds where it is known; an array where they are `several`.
CheckedAnswer answer_receipts(std::string_view called, const std::vector<PublishReceipt>& receipts,
                              bool several);

std::string to_json(const Schedule& schedule);
// Refused where it would be more than `most` bytes.
CheckedAnswer answer_schedules(std::string_view called, const std::vector<Schedule>& schedules,
                               std::uint64_t most);

CheckedAnswer answer_text(std::string_view text);
CheckedAnswer answer_flag(bool value);

// The Error that tenant code gets. What only the host should know is left out.
CheckedAnswer refuse_call(std::string_view called, const Error& error);
CheckedAnswer refuse_call(std::string_view called, std::string_view code, std::string_view message);

}  // namespace sublet::hostcall

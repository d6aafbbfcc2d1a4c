// SPDX-License-Identifier: Apache-2.0
#include "hostcall/events/answers.h"

#include <chrono>
#include <utility>

#include "base/utc_time.h"
#include "policy/request/escape.h"

namespace sublet::hostcall {
namespace {

using std::chrono::milliseconds;

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  policy::append_json_escaped(out, text);
  out += '"';
}

void append_member(std::string& out, std::string_view name, std::string_view json) {
  if (out.back() != '{') out += ',';
  out.append("\"").append(name).append("\":").append(json);
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
  append_member(out, name, "");
  append_quoted(out, text);
}

void append_time(std::string& out, std::string_view name, const std::optional<EventTime>& time) {
  if (time) append_text(out, name, base::utc_time(*time));
}

std::string in_seconds(milliseconds time) {
  const std::string rest = std::to_string(1000 + time.count() % 1000);
  return std::to_string(time.count() / 1000) + "." + rest.substr(1);
}

std::string flag_text(bool value) { return value ? "true" : "false"; }

void append_receipt(std::string& out, std::string_view called, const PublishReceipt& receipt) {
  std::string one = "{";
  append_text(one, "id", receipt.event_id);
  append_text(one, "status", to_string(receipt.status));
  append_member(one, "deliveries", std::to_string(receipt.deliveries));
  if (!receipt.accepted()) {
    append_text(one, "message", std::string(called) + ": " + receipt.message);
    if (receipt.retry_after.count() > 0) {
      append_member(one, "retryAfter", in_seconds(receipt.retry_after));
    }
  }
  out.append(one).append("}");
}

// "publications[0]: " means nothing to who publishes one.
std::string_view without_place(std::string_view message) {
  constexpr std::string_view kFirst = "publications[0]: ";
  if (message.starts_with(kFirst)) message.remove_prefix(kFirst.size());
  return message;
}

}  // namespace

CheckedAnswer answer_receipts(std::string_view called, const std::vector<PublishReceipt>& receipts,
                              bool several) {
  if (!several && receipts.size() != 1) {
    return refuse_call(called, Error{ErrorCode::kInternal, "no receipt"});
  }
  CheckedAnswer answer{.ok = true};
  if (!several) {
    append_receipt(answer.text, called, receipts[0]);
    return answer;
  }
  answer.text = "[";
  for (const PublishReceipt& receipt : receipts) {
    if (answer.text.size() > 1) answer.text += ',';
    append_receipt(answer.text, called, receipt);
  }
  answer.text += ']';
  return answer;
}

std::string to_json(const Schedule& schedule) {
  std::string out = "{";
  append_text(out, "name", schedule.name);
  append_text(out, "event", schedule.event);
  append_time(out, "at", schedule.at);
  if (schedule.every.count() > 0) append_member(out, "every", in_seconds(schedule.every));
  if (!schedule.cron.empty()) append_text(out, "cron", schedule.cron);
  if (!schedule.time_zone.empty()) append_text(out, "timeZone", schedule.time_zone);
  append_member(out, "data", schedule.data.empty() ? "null" : schedule.data);
  append_text(out, "catchUp", to_string(schedule.catch_up));
  append_member(out, "enabled", flag_text(schedule.enabled));
  append_member(out, "fromManifest", flag_text(schedule.from_manifest));
  append_time(out, "nextAt", schedule.next_at);
  append_time(out, "lastAt", schedule.last_at);
  return out += '}';
}

CheckedAnswer answer_schedules(std::string_view called, const std::vector<Schedule>& schedules,
                               std::uint64_t most) {
  CheckedAnswer answer{.ok = true, .text = "["};
  for (const Schedule& schedule : schedules) {
    if (answer.text.size() > 1) answer.text += ',';
    answer.text += to_json(schedule);
    if (answer.text.size() >= most) {
      return refuse_call(called, "too_large", "there are more than an answer may hold (result)");
    }
  }
  answer.text += ']';
  return answer;
}

CheckedAnswer answer_text(std::string_view text) {
  CheckedAnswer answer{.ok = true};
  append_quoted(answer.text, text);
  return answer;
}

CheckedAnswer answer_flag(bool value) {
  return CheckedAnswer{.ok = true, .text = flag_text(value)};
}

CheckedAnswer refuse_call(std::string_view called, const Error& error) {
  const std::string_view message = without_place(error.message);
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
      return refuse_call(called, std::string(called.substr(0, called.find('.'))) + "_argument",
                         called == "events.publish" ? message : error.message);
    case ErrorCode::kNotFound:
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kFailedPrecondition:
      return refuse_call(called, to_string(error.code), error.message);
    case ErrorCode::kResourceExhausted:
      return refuse_call(called, "too_many", error.message);
    case ErrorCode::kIndeterminate:
      return refuse_call(called, to_string(error.code), "it is not known whether it took effect");
    case ErrorCode::kUnavailable:
    case ErrorCode::kInternal:
      break;
  }
  return refuse_call(called, "unavailable", "the host's event queue cannot do it now");
}

CheckedAnswer refuse_call(std::string_view called, std::string_view code,
                          std::string_view message) {
  CheckedAnswer answer;
  answer.text = std::string(called) + ": " + std::string(message);
  answer.code = code;
  return answer;
}

}  // namespace sublet::hostcall

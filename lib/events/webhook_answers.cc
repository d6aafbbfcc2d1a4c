// SPDX-License-Identifier: Apache-2.0
#include "events/webhook_answers.h"

#include <algorithm>

namespace sublet::events {
namespace {

constexpr std::chrono::seconds kSoon{5};
constexpr std::chrono::seconds kLater{60};

}  // namespace

WebhookResponse webhook_answer(std::uint16_t status, std::string_view reason) {
  WebhookResponse response;
  response.status = status;
  response.reason = reason;
  return response;
}

WebhookResponse webhook_answer(std::uint16_t status, std::string_view reason,
                               std::chrono::nanoseconds retry_after) {
  WebhookResponse response = webhook_answer(status, reason);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(retry_after).count();
  response.headers.emplace_back("Retry-After", std::to_string(std::max<std::int64_t>(seconds, 1)));
  return response;
}

WebhookResponse webhook_answer(const PublishReceipt& receipt) {
  WebhookResponse response;
  switch (receipt.status) {
    case PublishStatus::kAccepted:
      response = webhook_answer(202, "accepted");
      break;
    case PublishStatus::kDuplicate:
      // The sender did not hear of the first one: it is told the same.
      response = webhook_answer(202, "replayed");
      break;
    case PublishStatus::kNobodyListens:
      return webhook_answer(503, "not_installed", kLater);
    case PublishStatus::kTooManyQueued:
      return webhook_answer(503, "too_many_queued", kLater);
    case PublishStatus::kThrottled:
      return webhook_answer(429, "publish_rate", receipt.retry_after);
    case PublishStatus::kDenied:
      return webhook_answer(403, "denied");
    case PublishStatus::kUnavailable:
      return webhook_answer(503, "unavailable", kSoon);
    case PublishStatus::kTooDeep:
    case PublishStatus::kTooMany:
      return webhook_answer(500, "internal");
  }
  response.event_id = receipt.event_id;
  return response;
}

WebhookResponse webhook_answer(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidArgument:
      return webhook_answer(422, "payload");
    case ErrorCode::kUnavailable:
    case ErrorCode::kIndeterminate:
    case ErrorCode::kResourceExhausted:
    case ErrorCode::kFailedPrecondition:
      return webhook_answer(503, "unavailable", kSoon);
    case ErrorCode::kNotFound:
      return webhook_answer(503, "not_installed", kLater);
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kInternal:
      break;
  }
  return webhook_answer(500, "internal");
}

}  // namespace sublet::events
